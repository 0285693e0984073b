import { findChromium } from './chromium.ts';

/** Vitest's global set-up: Chromium is unpacked once, before the browser tests start side by side. */
export default function setup(): void {
  findChromium();
}
