import type { WorkerScope } from './worker-scope.ts';

/** A world for the worker in a test: it hears what the worker listens for, keeps caches in memory, and says what the network is to say. */
export interface TestScope extends WorkerScope {
  /** Sends an event to whoever listens for it. */
  fire(type: string, event: object): void;
  kept: Map<string, Map<string, Response>>;
  /** Paths that were fetched from the network. */
  fetched: string[];
  isOnline: boolean;
}

export const ORIGIN = 'https://wallet.example';

export function makeScope(): TestScope {
  const listeners = new Map<string, ((event: object) => void)[]>();
  const kept = new Map<string, Map<string, Response>>();
  const pathOf = (request: RequestInfo | URL): string =>
    new URL(typeof request === 'object' && 'url' in request ? request.url : String(request), ORIGIN).pathname;
  const scope: TestScope = {
    location: { origin: ORIGIN },
    kept,
    fetched: [],
    isOnline: true,
    crypto,
    skipWaiting: () => Promise.resolve(),
    clients: { claim: () => Promise.resolve() },
    fetch: (request) => {
      if (!scope.isOnline) return Promise.reject(new TypeError('Failed to fetch'));
      scope.fetched.push(pathOf(request));
      return Promise.resolve(new Response(`fresh ${pathOf(request)}`));
    },
    addEventListener: (type: string, listener: unknown) => {
      listeners.set(type, [...(listeners.get(type) ?? []), listener as (event: object) => void]); // each type has its own event
    },
    fire: (type, event) => {
      for (const listener of listeners.get(type) ?? []) listener(event);
    },
    caches: {
      open: (name: string) => {
        const cache = kept.get(name) ?? new Map<string, Response>();
        kept.set(name, cache);
        return Promise.resolve({
          addAll: async (requests: Request[]) => {
            for (const request of requests) cache.set(pathOf(request), new Response(`kept ${pathOf(request)}`));
          },
          match: (request: RequestInfo) => Promise.resolve(cache.get(pathOf(request))?.clone()),
        });
      },
      keys: () => Promise.resolve([...kept.keys()]),
      delete: (name: string) => Promise.resolve(kept.delete(name)),
    } as unknown as CacheStorage, // the part that the worker uses
  };
  return scope;
}

/** Fires an event that may answer; resolves with the answer, or null when the worker left it alone. */
export async function ask<T>(scope: TestScope, type: string, event: object): Promise<T | null> {
  let answer: Promise<T> | null = null;
  let work: Promise<unknown> = Promise.resolve();
  scope.fire(type, {
    ...event,
    respondWith: (given: Promise<T>) => {
      answer = given;
    },
    waitUntil: (given: Promise<unknown>) => {
      work = given;
    },
  });
  await work;
  return answer;
}
