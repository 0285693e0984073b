import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { readStyle, shorten } from './read-style.ts';
import { rootDir } from './root.ts';

/** One file under /assets/. Its path names its content, so it may be kept for ever. */
export interface Asset {
  path: string;
  type: string;
  cacheControl: string;
  /** Ready-made smaller bodies; null where the file is compressed already. */
  gzip: Buffer | null;
  br: Buffer | null;
  body(): Promise<Buffer>;
}

export interface AssetAnswer {
  headers: Record<string, string>;
  body: Buffer;
}

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const FOR_EVER = 'public, max-age=31536000, immutable';

/** Where files stand for all who are shown pages. */
const PREFIX = '/assets/';

/**
 * Reads every css, js and svg file of a folder once; the key is the file's own name, the path carries its hash. A style comes with everything that it
 * imports, in one file.
 */
export function readAssets(dir: string, prefix = PREFIX): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(dir).sort()) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const file = join(dir, name);
    const body = type === TYPES['.css'] ? Buffer.from(shorten(readStyle(file))) : readFileSync(file);
    assets.set(name, toAsset(prefix, name, type, body));
  }
  return assets;
}

/** One file of an installed package, by its path within it: `uplot/dist/uPlot.min.css`. */
export function readPackageAsset(path: string, prefix: string): Asset {
  const file = createRequire(join(rootDir, 'package.json')).resolve(path);
  const name = basename(file);
  return toAsset(prefix, name, TYPES[extname(name)] ?? 'application/octet-stream', readFileSync(file));
}

function toAsset(prefix: string, name: string, type: string, body: Buffer): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const extension = extname(name);
  return {
    path: `${prefix}${name.slice(0, -extension.length)}.${hash}${extension}`,
    type,
    cacheControl: FOR_EVER,
    gzip: gzipSync(body, { level: 9 }),
    br: brotliCompressSync(body),
    body: () => Promise.resolve(body),
  };
}

export interface FontAssets {
  stylesheet: Asset;
  files: Asset[];
}

/**
 * Noto Sans SC cut into slices by unicode-range: a browser fetches only the slices whose characters a page shows, and none
 * where a system font is found first. The slices are read when they are asked for.
 */
export function readFontAssets(): FontAssets {
  const packageFile = createRequire(join(rootDir, 'package.json')).resolve(
    '@fontsource-variable/noto-sans-sc/package.json',
  );
  const dir = dirname(packageFile);
  const { version }: { version: string } = JSON.parse(readFileSync(packageFile, 'utf8')); // pinned by our package.json
  const prefix = `${PREFIX}font/${version}/`;
  const css = readFileSync(join(dir, 'index.css'), 'utf8')
    .replace(/\/\*.*?\*\//g, '')
    .replace(/\s*([{};:,])\s*/g, '$1')
    .replace(/url\(\.\/files\//g, `url(${prefix}`)
    .trim();
  const files = [...css.matchAll(/url\(([^)]+\/([^/)]+))\)/g)].map(([, path = '', name = '']): Asset => {
    const load = (): Promise<Buffer> => readFile(join(dir, 'files', name));
    return { path, type: 'font/woff2', cacheControl: FOR_EVER, gzip: null, br: null, body: load };
  });
  return { stylesheet: toAsset(PREFIX, 'font.css', 'text/css; charset=utf-8', Buffer.from(css)), files };
}

/** The asset in the best form that the browser accepts, with its headers. */
export async function answerAsset(asset: Asset, acceptEncoding: string): Promise<AssetAnswer> {
  const headers: Record<string, string> = {
    'content-type': asset.type,
    'cache-control': asset.cacheControl,
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  };
  const accepted = acceptEncoding.split(',').map((part) => part.trim());
  if (asset.br !== null && accepted.some(isAccepted('br'))) {
    return { headers: { ...headers, 'content-encoding': 'br' }, body: asset.br };
  }
  if (asset.gzip !== null && accepted.some(isAccepted('gzip'))) {
    return { headers: { ...headers, 'content-encoding': 'gzip' }, body: asset.gzip };
  }
  return { headers, body: await asset.body() };
}

/** RFC 9110, 12.5.3: a coding with `q=0` is not acceptable. */
function isAccepted(coding: string): (part: string) => boolean {
  return (part) => {
    const [name, ...parameters] = part.toLowerCase().split(';');
    return name?.trim() === coding && !parameters.some((parameter) => /^\s*q\s*=\s*0(\.0*)?\s*$/.test(parameter));
  };
}
