// Bundles src/main.ts into dist/ so that the program starts at once, and the wallet app's browser side into dist/app/. Packages stay
// outside the program's bundle.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClient } from './build-client.mjs';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');
const stampFile = join(dist, 'built-from');

/** What the bundle is made from, as one digest; reading it all takes a few milliseconds. */
export function sourceDigest() {
  const digest = createHash('sha256');
  const scripts = ['build.mjs', 'build-client.mjs', 'draw-icons.mjs'].map((name) => join(import.meta.dirname, name));
  for (const file of [join(root, 'package.json'), ...scripts, ...listSources()]) {
    digest
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return digest.digest('hex');
}

/** True when dist/ was built from exactly these sources. */
export function isBuilt(digest) {
  try {
    return readFileSync(stampFile, 'utf8') === digest;
  } catch {
    return false;
  }
}

export async function build(digest) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir: 'dist',
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true, // a command loads what it needs, no more
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: 'silent',
  });
  await buildClient();
  await esbuild.stop();
  mkdirSync(dist, { recursive: true });
  // main.js last: whoever starts while we write finds an old whole program or a new whole one.
  outputFiles.sort((a, b) => Number(isMain(a.path)) - Number(isMain(b.path)));
  for (const file of outputFiles) writeWhole(file.path, file.contents);
  writeWhole(stampFile, digest);
  const fresh = new Set(outputFiles.map((file) => file.path));
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    if (name.startsWith('part-') && !fresh.has(path)) rmSync(path, { force: true });
  }
}

function listSources() {
  return ['src', 'sdk/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => /\.(ts|tsx|css)$/.test(name) && !/\.test\.tsx?$/.test(name))
      .map((name) => join(root, folder, name))
      .sort(),
  );
}

function isMain(path) {
  return path.endsWith('main.js');
}

function writeWhole(path, contents) {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, contents);
  renameSync(half, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(sourceDigest());
