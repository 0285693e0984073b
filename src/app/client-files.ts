import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { assert } from '../base/assert.ts';
import { type Asset, readFontAssets } from '../base/static-assets.ts';

/** The app's browser side, read once: by the path at which each file is served. Nothing else is served from any folder. */
export interface ClientFiles {
  byPath: ReadonlyMap<string, Asset>;
  /** The one page that all of the app's addresses answer. */
  page: Asset;
}

/** The best quality takes ten times as long, at every start, for three parts in a hundred. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
const FOR_EVER = 'public, max-age=31536000, immutable';

interface ListedFile {
  path: string;
  file: string;
  type: string;
  isForEver: boolean;
}

/** Reads what scripts/build-client.mjs wrote. @throws Error when it was not built */
export function readClientFiles(dir: string): ClientFiles {
  const list: Record<string, ListedFile> = JSON.parse(readFileSync(join(dir, 'files.json'), 'utf8')); // written by our build
  const assets = Object.values(list).map((listed) => toAsset(listed, readFileSync(join(dir, listed.file))));
  const byPath = new Map([...assets, ...readFontAssets().files].map((asset) => [asset.path, asset]));
  const page = byPath.get('/');
  assert(page !== undefined, 'the app has a page');
  return { byPath, page };
}

function toAsset({ path, type, isForEver }: ListedFile, body: Buffer): Asset {
  const isText = /^(text|application|image\/svg)/.test(type);
  return {
    path,
    type,
    cacheControl: isForEver ? FOR_EVER : 'no-cache',
    gzip: isText ? gzipSync(body, { level: 9 }) : null,
    br: isText ? brotliCompressSync(body, BROTLI) : null,
    body: () => Promise.resolve(body),
  };
}
