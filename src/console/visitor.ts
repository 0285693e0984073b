import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseLang, type Lang } from '../base/lang.ts';
import { readCookies } from '../base/read-cookies.ts';
import { readForm } from '../base/read-form.ts';
import { Refusal } from '../base/refusal.ts';
import type { Secret } from '../base/secret.ts';
import { findOperatorSession, type OperatorSession } from '../operators/operator-sessions.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { type Say, sayIn } from './say.ts';

/** Who looks at a page, in which language, and how their forms are signed. */
export interface Visitor {
  lang: Lang;
  say: Say;
  session: OperatorSession;
  /** Stands in every form of this session: another site does not know it. */
  formToken: string;
  /** Links that were reported and wait for somebody to decide, as far as they are counted; null where links are not served. */
  reportsWaiting: number | null;
}

const REPORTS_COUNTED_MAX = 99;

const LANG_COOKIE = 'hutong-console-lang';
const LANG_SECONDS = 365 * 86_400;

/** A page that refreshes its figures by itself says so, and keeps no session alive by that. */
export const LIVE_HEADER = 'x-hutong-live';

/** @throws Refusal `signed_out` */
export async function visitorOf(deps: ConsoleDeps, request: FastifyRequest): Promise<Visitor> {
  const cookie = readCookies(request.headers.cookie ?? '').get(sessionCookieName(deps)) ?? '';
  const sign = request.headers[LIVE_HEADER] === undefined ? 'of_life' : 'none';
  const session = await findOperatorSession(deps, cookie, sign);
  if (session === null) throw new Refusal('signed_out', 'no session of the console is open in this browser');
  const lang = langOf(request);
  const waiting = await deps.links?.reports.waiting(operatorOf(session), REPORTS_COUNTED_MAX);
  return { lang, say: sayIn(lang), session, formToken: formTokenOf(cookie), reportsWaiting: waiting?.length ?? null };
}

/** Who acts, as it is written down. */
export function operatorOf({ operator }: OperatorSession): { kind: 'operator'; name: string } {
  return { kind: 'operator', name: `console:${operator}` };
}

/** A form that this visitor sent from one of our own pages. @throws Refusal `signed_out`, `invalid_request` */
export async function signedForm(
  deps: ConsoleDeps,
  request: FastifyRequest,
): Promise<{ visitor: Visitor; form: (name: string) => string | null }> {
  checkOrigin(deps, request);
  const visitor = await visitorOf(deps, request);
  const form = readForm(request.body);
  if (!isSame(form('token') ?? '', visitor.formToken))
    throw new Refusal('invalid_request', 'the form is not one of this session', { param: 'token' });
  return { visitor, form };
}

/** Browsers name the origin of every form; whoever names none, or another, is not one of our pages. @throws Refusal `invalid_request` */
export function checkOrigin({ publicUrl }: Pick<ConsoleDeps, 'publicUrl'>, request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const isOurs = request.headers.origin === new URL(publicUrl).origin && (site === undefined || site === 'same-origin');
  if (!isOurs)
    throw new Refusal('invalid_request', `forms of the console are sent from ${new URL(publicUrl).origin}`, {
      in: 'origin',
    });
}

/** The language that was asked for, then the one that this browser asked for last, then the one that it prefers. */
export function langOf(request: FastifyRequest): Lang {
  const kept = readCookies(request.headers.cookie ?? '').get(LANG_COOKIE);
  return chooseLang(queryOf(request, 'lang') ?? kept, request.headers['accept-language']);
}

export function keepLang(deps: ConsoleDeps, reply: FastifyReply, lang: Lang): void {
  reply.header('set-cookie', `${LANG_COOKIE}=${lang}; Max-Age=${LANG_SECONDS}; ${flags(deps)}`);
}

/** The cookie lives as long as the session may at most; how long it does in fact is looked up. */
export function setSession(deps: ConsoleDeps, reply: FastifyReply, cookie: Secret, lastsSeconds: number): void {
  reply.header('set-cookie', `${sessionCookieName(deps)}=${cookie.reveal()}; Max-Age=${lastsSeconds}; ${flags(deps)}`);
}

export function clearSession(deps: ConsoleDeps, reply: FastifyReply): void {
  reply.header('set-cookie', `${sessionCookieName(deps)}=; Max-Age=0; ${flags(deps)}`);
}

/** A value of the query that came exactly once; null otherwise. */
export function queryOf(request: FastifyRequest, name: string): string | null {
  const value = (request.query as Record<string, unknown>)[name]; // any query may come
  return typeof value === 'string' ? value : null;
}

/** `__Secure-`: browsers take it over https alone (RFC 6265bis, 4.1.3.1). A sandbox on this machine has no https. */
export function sessionCookieName(deps: Pick<ConsoleDeps, 'publicUrl'>): string {
  return isHttps(deps) ? '__Secure-hutong-console' : 'hutong-console';
}

function flags(deps: Pick<ConsoleDeps, 'publicUrl'>): string {
  return `Path=/console; HttpOnly; SameSite=Strict${isHttps(deps) ? '; Secure' : ''}`;
}

function isHttps({ publicUrl }: Pick<ConsoleDeps, 'publicUrl'>): boolean {
  return publicUrl.startsWith('https:');
}

function formTokenOf(cookie: string): string {
  return createHmac('sha256', cookie).update('form of the console').digest('base64url');
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
