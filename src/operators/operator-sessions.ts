import { createHash } from 'node:crypto';
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { isId, newId } from '../base/id.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { Secret } from '../base/secret.ts';
import type { Sql } from '../db/connect.ts';
import {
  endSession,
  findByCookie,
  findByLink,
  insertLink,
  listSessions,
  openLink,
  touchSession,
} from './operator-session-store.ts';
import {
  OPERATOR_IDLE_MS,
  OPERATOR_LINK_MS,
  OPERATOR_NAME_CHARS_MAX,
  OPERATOR_SESSION_MS_MAX,
} from './session-limits.ts';

/*
 * Who may use the operator's pages: whoever has the command line makes a link for somebody, by name. The link works once and soon, and gives one
 * browser a session. Links and cookies are 256 random bits, so that their bare hashes tell nothing.
 */

export interface OperatorsDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  book: number;
}

export interface OperatorSession {
  book: number;
  id: `ops_${string}`;
  /** The name under which everything is written that is done in it. */
  operator: string;
  /** From its opening on, at most. */
  lastsSeconds: number;
  linkUntil: Date;
  createdAt: Date;
  /** Null until the link has been opened; so are the next two. */
  openedAt: Date | null;
  seenAt: Date | null;
  endsAt: Date | null;
  endedAt: Date | null;
}

export type SessionState = 'link' | 'link_expired' | 'open' | 'idle' | 'over' | 'ended';

const SECRET_BYTES = 32;
/** How often a session's last sign of life is written. */
const TOUCH_MS = 60_000;

/** A link for somebody, by name. @throws Refusal `invalid_request` for a name that cannot be kept */
export async function createOperatorLink(
  deps: OperatorsDeps,
  { operator, lastsMs }: { operator: string; lastsMs: number },
): Promise<{ session: OperatorSession; code: Secret }> {
  // It is shown in lists and written with every action: letters, digits and what names have between them.
  if (operator.length > OPERATOR_NAME_CHARS_MAX || !/^[\p{L}\p{N}][\p{L}\p{N} ._@-]*$/u.test(operator))
    throw new Refusal(
      'invalid_request',
      `a name is 1 to ${OPERATOR_NAME_CHARS_MAX} letters, digits, spaces and . _ @ -, and begins with a letter or digit`,
      { param: 'name' },
    );
  assert(lastsMs >= 60_000 && lastsMs <= OPERATOR_SESSION_MS_MAX, 'a session lasts a minute to a week');
  const createdAt = deps.clock.now();
  const code = newSecret(deps.random);
  const session: OperatorSession = {
    book: deps.book,
    id: newId('ops', deps, deps.book),
    operator,
    lastsSeconds: Math.round(lastsMs / 1000),
    linkUntil: new Date(createdAt.getTime() + OPERATOR_LINK_MS),
    createdAt,
    openedAt: null,
    seenAt: null,
    endsAt: null,
    endedAt: null,
  };
  await insertLink(deps.sql, session, hashOf('link', code.reveal()));
  deps.log.info({ id: session.id, operator }, 'a link to the console was made');
  return { session, code };
}

export type LinkState = { kind: 'good'; session: OperatorSession } | { kind: 'used' | 'expired' | 'ended' | 'unknown' };

/** How a link stands. Looking changes nothing. */
export async function readOperatorLink(deps: OperatorsDeps, code: string): Promise<LinkState> {
  const session = isSecret(code) ? await findByLink(deps.sql, deps.book, hashOf('link', code)) : null;
  if (session === null) return { kind: 'unknown' };
  if (session.openedAt !== null) return { kind: 'used' };
  if (session.endedAt !== null) return { kind: 'ended' };
  return session.linkUntil <= deps.clock.now() ? { kind: 'expired' } : { kind: 'good', session };
}

/** Opens a link: from now on the cookie stands for its session, and the link is used. Null where it cannot be opened (any more). */
export async function openOperatorLink(
  deps: OperatorsDeps,
  code: string,
): Promise<{ session: OperatorSession; cookie: Secret } | null> {
  if (!isSecret(code)) return null;
  const cookie = newSecret(deps.random);
  const session = await openLink(deps.sql, deps.book, {
    linkHash: hashOf('link', code),
    cookieHash: hashOf('cookie', cookie.reveal()),
    now: deps.clock.now(),
  });
  if (session === null) return null;
  deps.log.info({ id: session.id, operator: session.operator }, 'a session of the console was opened');
  return { session, cookie };
}

/** The session that a cookie stands for, while it is open. A `sign` of life of a person makes it last; a page that asks by itself gives none. */
export async function findOperatorSession(
  deps: OperatorsDeps,
  cookie: string,
  sign: 'of_life' | 'none',
): Promise<OperatorSession | null> {
  const session = isSecret(cookie) ? await findByCookie(deps.sql, deps.book, hashOf('cookie', cookie)) : null;
  const now = deps.clock.now();
  if (session === null || stateOf(session, now) !== 'open') return null;
  if (sign === 'of_life' && session.seenAt !== null && now.getTime() - session.seenAt.getTime() >= TOUCH_MS)
    await touchSession(deps.sql, session.book, session.id, now);
  return session;
}

/** From the next request on it opens nothing, on every node. @throws Refusal not_found, also where it has ended before */
export async function endOperatorSession(deps: OperatorsDeps, id: string): Promise<void> {
  if (!isId('ops', id) || !(await endSession(deps.sql, deps.book, id, deps.clock.now())))
    throw new Refusal('not_found', 'there is no such session, or it has ended before');
  deps.log.info({ id }, 'a session of the console was ended');
}

/** Newest first, those that are over as well. */
export async function listOperatorSessions(deps: OperatorsDeps, itemsMax: number): Promise<OperatorSession[]> {
  return await listSessions(deps.sql, deps.book, itemsMax);
}

export function stateOf(session: OperatorSession, now: Date): SessionState {
  const { linkUntil, seenAt, endsAt, endedAt } = session;
  if (endedAt !== null) return 'ended';
  if (seenAt === null || endsAt === null) return linkUntil <= now ? 'link_expired' : 'link';
  if (endsAt <= now) return 'over';
  return now.getTime() - seenAt.getTime() >= OPERATOR_IDLE_MS ? 'idle' : 'open';
}

function newSecret(random: Random): Secret {
  return new Secret(random.bytes(SECRET_BYTES).toString('base64url'));
}

function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

function hashOf(what: 'link' | 'cookie', text: string): Buffer {
  return createHash('sha256').update(`console ${what} ${text}`).digest();
}
