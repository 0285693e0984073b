import type { FastifyRequest } from 'fastify';
import { chooseLang, type Lang } from '../base/lang.ts';

/** A value of the query that came exactly once; null otherwise. */
export function queryOf(request: FastifyRequest, name: string): string | null {
  const value = (request.query as Record<string, unknown>)[name]; // any query may come
  return typeof value === 'string' ? value : null;
}

export function langOf(request: FastifyRequest): Lang {
  return chooseLang(queryOf(request, 'lang') ?? undefined, request.headers['accept-language']);
}

export function readCookie(request: FastifyRequest, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((part) => part.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}

/** A cookie for our own pages under `path`, read by no script. */
export function toCookie(
  name: string,
  value: string,
  options: { path: string; ageSecondsMax: number; isSecure: boolean },
): string {
  const secure = options.isSecure ? '; Secure' : '';
  return `${name}=${value}; Path=${options.path}; Max-Age=${options.ageSecondsMax}; HttpOnly; SameSite=Lax${secure}`;
}

/** Minor units as our own pages wrote them; null for anything else. */
export function readMinor(text: string | null): bigint | null {
  return text !== null && /^\d{1,18}$/.test(text) ? BigInt(text) : null;
}
