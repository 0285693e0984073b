import { join } from 'node:path';
import { assert } from '../../base/assert.ts';
import { rootDir } from '../../base/root.ts';
import { readAssets, readFontAssets, type Asset } from '../../base/static-assets.ts';

const own = readAssets(join(rootDir, 'src', 'sandbox', 'shop', 'assets'));
const font = readFontAssets();

/** The shop's files by path. */
export const shopAssets: ReadonlyMap<string, Asset> = new Map(
  [...own.values(), font.stylesheet, ...font.files].map((asset) => [asset.path, asset]),
);

export const fontStylesheetPath = font.stylesheet.path;

export function shopAssetPath(name: string): string {
  const asset = own.get(name);
  assert(asset !== undefined, `there is no asset ${name}`);
  return asset.path;
}
