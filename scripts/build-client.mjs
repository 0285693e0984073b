// Bundles the wallet app's browser side (src/app/client) into dist/app/: files named by their content, and files.json, which says what is served where.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { iconPng, iconSvg } from './draw-icons.mjs';

const root = dirname(import.meta.dirname);

const TYPES = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.html': 'text/html; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

/**
 * Writes dist/app/ and answers with what stands in its files.json: by name, `path` (where it is served), `file` (its name in dist/app/), `type`, and
 * `isForEver` (its path names its content; the others must be asked for anew each time).
 */
export async function buildClient(outDir = join(root, 'dist', 'app')) {
  const files = new Map();
  const add = (name, body, path = null) => {
    const extension = extname(name);
    const stem = name.slice(0, -extension.length);
    const file = path === null ? `${stem}.${hashOf(body)}${extension}` : basename(name);
    files.set(name, {
      path: path ?? `/assets/${file}`,
      file,
      type: TYPES[extension],
      isForEver: path === null,
      body,
    });
    return files.get(name).path;
  };

  const icons = {
    icon: add('app-icon.svg', Buffer.from(iconSvg())),
    png192: add('app-icon-192.png', iconPng(192, false)),
    png512: add('app-icon-512.png', iconPng(512, false)),
    full512: add('app-icon-full.png', iconPng(512, true)),
    touch: add('app-icon-touch.png', iconPng(180, true)),
  };
  const font = add('app-font.css', Buffer.from(fontCss()));
  const bundle = await bundleApp();
  for (const { name, contents } of bundle) {
    files.set(name, {
      path: `/assets/${name}`,
      file: name,
      type: TYPES[extname(name)],
      isForEver: true,
      body: contents,
    });
  }
  const script = `/assets/${bundle.find(({ isEntry, name }) => isEntry && name.endsWith('.js')).name}`;
  const style = `/assets/${bundle.find(({ isEntry, name }) => isEntry && name.endsWith('.css')).name}`;
  const page = Buffer.from(indexHtml({ script, style, font, icons }));
  add('index.html', page, '/');
  add('manifest.webmanifest', Buffer.from(manifest(icons)), '/manifest.webmanifest');
  // What the app needs to open without a network. A changed file changes the worker, and with it the whole set.
  const shell = ['/', ...bundle.map(({ name }) => `/assets/${name}`), icons.icon, icons.png192];
  add('sw.js', await bundleWorker(shell, hashOf(page)), '/sw.js');

  return write(outDir, files);
}

async function bundleApp() {
  const esbuild = await import('esbuild');
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { app: 'src/app/client/main.tsx' },
    outdir: 'dist/app',
    entryNames: '[name].[hash]',
    chunkNames: 'part.[hash]',
    splitting: true, // the camera, the passkeys and the codes are fetched when they are used
    metafile: true,
    write: false,
    ...common(),
    format: 'esm',
  });
  return outputFiles.map((file) => ({
    name: basename(file.path),
    contents: Buffer.from(file.contents),
    isEntry: basename(file.path).startsWith('app.') && metafile !== undefined,
  }));
}

async function bundleWorker(shell, version) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['src/app/client/worker/worker.ts'],
    define: { SHELL_FILES: JSON.stringify(shell), SHELL_VERSION: JSON.stringify(version) },
    write: false,
    ...common(),
    format: 'iife',
  });
  return Buffer.from(outputFiles[0].contents);
}

function common() {
  return {
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    logLevel: 'silent',
    legalComments: 'none',
  };
}

function indexHtml({ script, style, font, icons }) {
  return `<!doctype html>
<html lang="zh-CN" data-font="${font}">
<head>
<meta charset="utf-8">
<title>互通钱包</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f2f4f7" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0e1115" media="(prefers-color-scheme: dark)">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="icon" href="${icons.icon}" type="image/svg+xml">
<link rel="apple-touch-icon" href="${icons.touch}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript><p class="no-script">互通钱包需要打开 JavaScript。<span lang="en">Hutong Wallet needs JavaScript.</span></p></noscript>
</body>
</html>
`;
}

function manifest(icons) {
  return JSON.stringify({
    id: '/',
    name: '互通钱包 Hutong Wallet',
    short_name: '互通钱包',
    description: '一个钱包，所有银行的卡：余额、免费转账、信用卡还款、付款码。',
    lang: 'zh-CN',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#f2f4f7',
    theme_color: '#1660cf',
    icons: [
      { src: icons.icon, sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      { src: icons.png192, sizes: '192x192', type: 'image/png', purpose: 'any' },
      { src: icons.png512, sizes: '512x512', type: 'image/png', purpose: 'any' },
      { src: icons.full512, sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
    shortcuts: [
      { name: '付款码', url: '/code', icons: [{ src: icons.png192, sizes: '192x192', type: 'image/png' }] },
      { name: '转账', url: '/transfer', icons: [{ src: icons.png192, sizes: '192x192', type: 'image/png' }] },
    ],
    // W3C Payment Handler: a browser that meets our payment method on a shop's page installs this worker by itself.
    serviceworker: { src: '/sw.js', scope: '/', use_cache: false },
  });
}

/** The slices of Noto Sans SC under the paths at which base/static-assets.ts serves them. */
function fontCss() {
  const packageFile = createRequire(join(root, 'package.json')).resolve(
    '@fontsource-variable/noto-sans-sc/package.json',
  );
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8'));
  return readFileSync(join(dirname(packageFile), 'index.css'), 'utf8')
    .replace(/\/\*.*?\*\//g, '')
    .replace(/\s*([{};:,])\s*/g, '$1')
    .replace(/url\(\.\/files\//g, `url(/assets/font/${version}/`)
    .trim();
}

/** Every file whole, the list last; what an older build left goes after that. */
function write(outDir, files) {
  mkdirSync(outDir, { recursive: true });
  for (const { file, body } of files.values()) writeWhole(join(outDir, file), body);
  const list = Object.fromEntries(
    [...files].map(([name, { path, file, type, isForEver }]) => [name, { path, file, type, isForEver }]),
  );
  writeWhole(join(outDir, 'files.json'), `${JSON.stringify(list, null, 1)}\n`);
  const fresh = new Set(['files.json', ...[...files.values()].map(({ file }) => file)]);
  for (const name of readdirSync(outDir)) {
    // What another process is just writing ends in its process number.
    if (!fresh.has(name) && !/\.\d+$/.test(name)) rmSync(join(outDir, name), { force: true });
  }
  return list;
}

function writeWhole(path, contents) {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, contents);
  renameSync(half, path);
}

function hashOf(body) {
  return createHash('sha256').update(body).digest('hex').slice(0, 10).toUpperCase();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
