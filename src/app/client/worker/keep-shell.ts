import type { WorkerScope } from './worker-scope.ts';

const CACHE_PREFIX = 'shell-';

/**
 * Keeps the app's own files, so that it opens without a network and says that it has none. Nothing of `/api/` is ever kept: money that is shown was told
 * by the server just now.
 */
export function keepShell(scope: WorkerScope, files: readonly string[], version: string): void {
  const name = `${CACHE_PREFIX}${version}`;
  scope.addEventListener('install', (event) => {
    event.waitUntil(
      scope.caches
        .open(name)
        .then((cache) =>
          cache.addAll(files.map((file) => new Request(scope.location.origin + file, { cache: 'no-cache' }))),
        )
        .then(() => scope.skipWaiting()),
    );
  });
  scope.addEventListener('activate', (event) => {
    event.waitUntil(dropOld(scope, name).then(() => scope.clients.claim()));
  });
  scope.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
    if (request.mode === 'navigate') event.respondWith(answerPage(scope, name, request));
    else if (files.includes(url.pathname)) event.respondWith(answerFile(scope, name, request));
    // Everything else, above all /api/, goes to the server and nowhere else.
  });
}

/** The server's page while it answers; the kept one when there is no network. */
async function answerPage(scope: WorkerScope, name: string, request: Request): Promise<Response> {
  try {
    return await scope.fetch(request);
  } catch (error) {
    const cache = await scope.caches.open(name);
    const kept = await cache.match('/');
    if (kept === undefined) throw error;
    return kept;
  }
}

/** Files are named by what they hold: a kept one is the same one. */
async function answerFile(scope: WorkerScope, name: string, request: Request): Promise<Response> {
  const cache = await scope.caches.open(name);
  return (await cache.match(request)) ?? scope.fetch(request);
}

async function dropOld(scope: WorkerScope, name: string): Promise<void> {
  const names = await scope.caches.keys();
  await Promise.all(
    names.filter((old) => old.startsWith(CACHE_PREFIX) && old !== name).map((old) => scope.caches.delete(old)),
  );
}
