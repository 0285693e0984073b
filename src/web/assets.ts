import { join } from 'node:path';
import { rootDir } from '../base/root.ts';
import { assert } from '../base/assert.ts';
import { readAssets, readFontAssets, type Asset } from '../base/static-assets.ts';

const own = readAssets(join(rootDir, 'src', 'web', 'assets'));
const font = readFontAssets();

/** Everything under /assets/, by path; http/ serves each with `answerAsset`. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  [...own.values(), font.stylesheet, ...font.files].map((asset) => [asset.path, asset]),
);

export const fontStylesheetPath = font.stylesheet.path;

/** The address of one of our own files: `page.css` → `/assets/page.3f….css`. */
export function assetPath(name: string): string {
  const asset = own.get(name);
  assert(asset !== undefined, `there is no asset ${name}`);
  return asset.path;
}
