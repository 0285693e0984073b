import './styles/base.css';
import { render } from 'preact';

const place = document.getElementById('app');
if (place !== null) render(<p>互通钱包</p>, place);
