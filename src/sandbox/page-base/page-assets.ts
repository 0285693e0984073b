import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { rootDir } from '../../base/root.ts';

const FONT_DIR = dirname(createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/package.json'));
const BASE_DIR = join(rootDir, 'src', 'sandbox', 'page-base', 'assets');

/** Serves what the pages of the pretend banks and phone share (`/base/`), their own files (`/assets/`) and the font (`/font/`). */
export async function registerPageAssets(app: FastifyInstance, ownDir: string): Promise<void> {
  const asset = { decorateReply: false, index: false, maxAge: '1h' } as const;
  await app.register(fastifyStatic, { ...asset, root: ownDir, prefix: '/assets/' });
  await app.register(fastifyStatic, { ...asset, root: BASE_DIR, prefix: '/base/' });
  await app.register(fastifyStatic, { ...asset, root: FONT_DIR, prefix: '/font/', maxAge: '365d', immutable: true });
}
