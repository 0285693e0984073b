import { findChromium } from './chromium.ts';

/** Vitest's global set-up: Chromium is unpacked and the wallet app's browser side built once, before the browser tests start side by side. */
export default async function setup(): Promise<void> {
  findChromium();
  const script = new URL('../../scripts/build-client.mjs', import.meta.url).href;
  const { buildClient }: { buildClient: () => Promise<unknown> } = await import(script);
  await buildClient();
}
