#!/usr/bin/env node
// Starts the program from dist/, building it first when it is missing or the sources have changed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = dirname(import.meta.dirname);
try {
  if (existsSync(join(root, 'scripts', 'build.mjs'))) await buildIfNeeded();
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`hutong: the program could not be built: ${why.split('\n')[0]}. Did npm ci run through?\n`);
  process.exit(1);
}
await import(pathToFileURL(join(root, 'dist', 'main.js')).href);

async function buildIfNeeded() {
  const { build, isBuilt, sourceDigest } = await import('../scripts/build.mjs');
  const digest = sourceDigest();
  if (isBuilt(digest)) return;
  process.stderr.write('hutong: building the program, once …\n');
  await build(digest);
}
