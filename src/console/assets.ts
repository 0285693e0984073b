import { join } from 'node:path';
import { assert } from '../base/assert.ts';
import { rootDir } from '../base/root.ts';
import { readAssets, readFontAssets, readPackageAsset, type Asset } from '../base/static-assets.ts';

export const ASSET_PREFIX = '/console/assets/';

const own = readAssets(join(rootDir, 'src', 'console', 'assets'), ASSET_PREFIX);
/** The chart's drawing, from its package; only pages with a chart name it. */
const chart = {
  script: readPackageAsset('uplot/dist/uPlot.iife.min.js', ASSET_PREFIX),
  style: readPackageAsset('uplot/dist/uPlot.min.css', ASSET_PREFIX),
};

/** Everything under /console/assets/, by path. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  [...own.values(), chart.script, chart.style].map((asset) => [asset.path, asset]),
);

export const chartPaths = { script: chart.script.path, style: chart.style.path };

/** The buyers' pages have these as well, and serve them. */
const shared = readAssets(join(rootDir, 'src', 'web', 'assets'));
export const fontStylesheetPath = readFontAssets().stylesheet.path;

/** The address of one of our own files, or of one that is shared: `console.css` → `/console/assets/console.3f….css`. */
export function assetPath(name: string): string {
  const asset = own.get(name) ?? shared.get(name);
  assert(asset !== undefined, `there is no asset ${name}`);
  return asset.path;
}
