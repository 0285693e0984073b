import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCookies } from '../base/read-cookies.ts';
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
