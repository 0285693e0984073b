import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Secret } from '../base/secret.ts';
import type { Cookies } from './row.ts';

export const SESSION_COOKIE = '__Host-hutong';
export const DEVICE_COOKIE = '__Host-hutong-device';

/** Nobody else's script, site or plain connection sees them. `__Host-`: this host alone, the whole of it (RFC 6265bis, 4.1.3.2). */
const FLAGS = 'Path=/; Secure; HttpOnly; SameSite=Strict';
const DEVICE_SECONDS = 365 * 86_400;

/** The two cookies of a request, and how an answer changes them. The session's goes with the browser; the device's stays a year. */
export function cookiesOf(request: FastifyRequest, reply: FastifyReply): Cookies {
  const given = readCookies(request.headers.cookie ?? '');
  const set = (text: string): void => void reply.header('set-cookie', text); // Fastify gathers several
  return {
    session: given.get(SESSION_COOKIE) ?? null,
    device: given.get(DEVICE_COOKIE) ?? null,
    setSession: (value: Secret) => set(`${SESSION_COOKIE}=${value.reveal()}; ${FLAGS}`),
    setDevice: (value: Secret) => set(`${DEVICE_COOKIE}=${value.reveal()}; Max-Age=${DEVICE_SECONDS}; ${FLAGS}`),
    clearSession: () => set(`${SESSION_COOKIE}=; Max-Age=0; ${FLAGS}`),
  };
}

/** A name that stands twice stands for nothing: somebody put one beside ours. */
export function readCookies(header: string): Map<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if (at < 1 || !/^[\w.~+/=-]{1,400}$/.test(value)) continue;
    if (found.has(name)) twice.add(name);
    found.set(name, value);
  }
  for (const name of twice) found.delete(name);
  return found;
}
