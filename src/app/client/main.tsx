import './styles/base.css';
import './styles/frame.css';
import './styles/controls.css';
import './styles/lists.css';
import './styles/cards.css';
import './styles/pads-and-sheets.css';
import './styles/home.css';
import './styles/joining.css';
import './styles/moving.css';
import './styles/codes.css';
import './styles/collecting.css';
import './styles/looking-back.css';
import { render } from 'preact';
import { App } from './app.tsx';

// Phones and most desktops bring a Chinese font; only the others fetch ours, a slice at a time.
if (!/Android|iPhone|iPad|Macintosh|Windows|HarmonyOS|OpenHarmony/.test(navigator.userAgent)) {
  const font = document.createElement('link');
  font.rel = 'stylesheet';
  font.href = document.documentElement.dataset['font'] ?? '';
  document.head.append(font);
}

// The worker opens the app without a network and takes payment requests of shops' pages. Without it everything else works.
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').catch(() => undefined);

const place = document.getElementById('app');
if (place !== null) render(<App />, place);
