import type { Clock } from '../../base/clock.ts';
import type { ReadyLink } from '../link.ts';
import type { LinkReader, SafePage } from '../links.ts';
import type { PictureDeps } from './product-pictures.ts';
import { silentLog } from '../../base/log.ts';

/* What the parts of previews work with in tests that need no database. */

/** A reader that knows just these, by host and code. */
export function readerOf(...links: ReadyLink[]): LinkReader {
  return {
    find: (host, code) =>
      links.find(
        ({ link, servedHost }) => link.code === code && (link.servedBy === null ? host === null : host === servedHost),
      ) ?? null,
    findById: (_book, id) => Promise.resolve(links.find(({ link }) => link.id === id) ?? null),
    servingHost: () => undefined,
    appsOfHost: () => [],
  };
}

export interface FetchDeps extends PictureDeps {
  /** Every address that was asked for, in order. */
  asked: string[];
  /** What the shop's host answers from now on. */
  answer: (url: string) => SafePage | Promise<SafePage>;
}

export function fetchDeps(clock: Clock): FetchDeps {
  const deps: FetchDeps = {
    clock,
    log: silentLog,
    asked: [],
    answer: () => ({ kind: 'unreachable', reason: 'nobody answers', hops: [] }),
    safeFetch: {
      fetch: async ({ url }) => {
        deps.asked.push(url);
        return await deps.answer(url);
      },
    },
  };
  return deps;
}

export function pictureOf(body: Buffer, more: Partial<Extract<SafePage, { kind: 'page' }>> = {}): SafePage {
  return { kind: 'page', url: '', status: 200, type: 'image/png', body, cut: false, hops: [], ...more };
}
