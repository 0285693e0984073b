import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import {
  WECHAT_ACCOUNTS_KEPT_MAX,
  WECHAT_KEPT_SECONDS,
  WECHAT_LEASE_SECONDS,
  WECHAT_MARGIN_SECONDS,
  WECHAT_RETRY_SECONDS,
  WECHAT_WAIT_MS_MAX,
} from '../../base/link-limits.ts';
import type { Log } from '../../base/log.ts';
import type { Send } from '../../base/outbound.ts';
import type { Sql } from '../../db/connect.ts';
import type { Keyring } from '../../vault/seal.ts';
import type { LinkApp } from '../link.ts';
import { fetchTicket, fetchToken, type WechatAnswer, type WechatPlace } from './wechat-api.ts';
import { claimTicket, findTicket, type TicketRow, updateTicket } from './wechat-ticket-store.ts';

export interface WechatDeps {
  sql: Sql;
  clock: Clock;
  log: Log;
  keyring: Keyring;
  send: Send;
  place: WechatPlace;
  /** The sealed secret of a `wechat_account`, opened; null where none was given. */
  openSecret(app: LinkApp): Promise<string | null>;
}

export type TicketReading = { kind: 'ticket'; ticket: string } | { kind: 'none'; reason: string };

export interface WechatTickets {
  /** The ticket of a `wechat_account`. Never throws for what WeChat does. */
  ticketOf(app: LinkApp): Promise<TicketReading>;
}

const POLL_MS = 100;

/**
 * Tickets of service accounts, the same for every node: WeChat gives only so many a day, so one node fetches while the others wait, and after a
 * failure all of them leave WeChat alone for a while. In the database they are sealed.
 */
export function openWechatTickets(deps: WechatDeps): WechatTickets {
  const kept = new Map<string, { appId: string; reading: TicketReading; untilMs: number }>();
  const underWay = new Map<string, Promise<TicketReading>>();

  async function read(app: LinkApp, wechatId: string): Promise<TicketReading> {
    const startedMs = deps.clock.now().getTime();
    const { reading, goodUntilMs } = await findOrFetch(deps, app, wechatId);
    if (kept.size >= WECHAT_ACCOUNTS_KEPT_MAX) kept.clear();
    const untilMs = Math.min(startedMs + WECHAT_KEPT_SECONDS * 1000, goodUntilMs);
    kept.set(app.id, { appId: wechatId, reading, untilMs });
    return reading;
  }

  return {
    async ticketOf(app) {
      if (app.settings.kind !== 'wechat_account') return { kind: 'none', reason: 'not a service account' };
      const wechatId = app.settings.appId;
      const known = kept.get(app.id);
      if (known?.appId === wechatId && known.untilMs > deps.clock.now().getTime()) return known.reading;
      const running = underWay.get(app.id) ?? read(app, wechatId).finally(() => underWay.delete(app.id));
      underWay.set(app.id, running);
      return await running;
    },
  };
}

interface Found {
  reading: TicketReading;
  /** Until when it may be remembered. */
  goodUntilMs: number;
}

async function findOrFetch(deps: WechatDeps, app: LinkApp, wechatId: string): Promise<Found> {
  const secret = await deps.openSecret(app);
  if (secret === null) return none(deps, 'the account has no secret', WECHAT_KEPT_SECONDS);
  const madeFor = deps.keyring.digest('wechat account', `${wechatId}\n${secret}`);
  const deadline = performance.now() + WECHAT_WAIT_MS_MAX;
  for (;;) {
    const row = await findTicket(deps.sql, app.book, app.id);
    const found = row !== null && row.madeFor.equals(madeFor) ? fromRow(deps, row) : null;
    if (found !== null) return found;
    const now = deps.clock.now();
    const leaseUntil = addSeconds(now, WECHAT_LEASE_SECONDS);
    const claimed = await claimTicket(deps.sql, { book: app.book, appId: app.id, madeFor, now, leaseUntil });
    // Somebody may have been faster between the look and the claim.
    if (claimed !== null) return fromRow(deps, claimed) ?? (await fetchAll(deps, claimed, { appId: wechatId, secret }));
    if (performance.now() >= deadline) return none(deps, 'another node is fetching it', 0);
    await setTimeout(POLL_MS);
  }
}

/** What a row says without asking WeChat: a ticket that is good, or a failure that is too fresh to try again. */
function fromRow(deps: WechatDeps, row: TicketRow): Found | null {
  const nowMs = deps.clock.now().getTime();
  const { ticketSealed, ticketGoodUntil, retryAt, failure } = row;
  if (ticketSealed !== null && ticketGoodUntil !== null && ticketGoodUntil.getTime() > nowMs) {
    const ticket = deps.keyring.open(ticketSealed, aboutOf(row, 'ticket'));
    return { reading: { kind: 'ticket', ticket }, goodUntilMs: ticketGoodUntil.getTime() };
  }
  if (retryAt === null || retryAt.getTime() <= nowMs) return null;
  return { reading: { kind: 'none', reason: failure ?? 'it failed a moment ago' }, goodUntilMs: retryAt.getTime() };
}

/** Token, then ticket. Each is written down as soon as it is there. A token that WeChat has ended meanwhile is fetched anew, once. */
async function fetchAll(
  deps: WechatDeps,
  claimed: TicketRow,
  account: { appId: string; secret: string },
): Promise<Found> {
  let row = claimed;
  for (let isAgain = false; ; isAgain = true) {
    const kept = isAgain ? null : tokenOf(deps, row);
    const token = kept ?? (await fetchToken(deps.send, deps.place, account));
    if (token.kind !== 'given') return await giveUp(deps, row, 'token', token);
    if (kept === null) {
      const goodUntil = goodUntilOf(deps, token.seconds);
      row = { ...row, tokenSealed: deps.keyring.seal(token.value, aboutOf(row, 'token')), tokenGoodUntil: goodUntil };
      await updateTicket(deps.sql, row, deps.clock.now());
    }
    const ticket = await fetchTicket(deps.send, deps.place, token.value);
    if (ticket.kind === 'given') return await take(deps, row, ticket);
    const isEnded = ticket.kind === 'refused' && ENDED_CODES.has(ticket.code);
    if (!isEnded || kept === null) return await giveUp(deps, row, 'ticket', ticket);
  }
}

/** 全局返回码: the token is wrong, of another account, or over. */
const ENDED_CODES = new Set([40001, 40014, 42001]);

function tokenOf(deps: WechatDeps, row: TicketRow): Extract<WechatAnswer, { kind: 'given' }> | null {
  const { tokenSealed, tokenGoodUntil } = row;
  const seconds = ((tokenGoodUntil?.getTime() ?? 0) - deps.clock.now().getTime()) / 1000;
  if (tokenSealed === null || seconds <= 0) return null;
  return { kind: 'given', value: deps.keyring.open(tokenSealed, aboutOf(row, 'token')), seconds };
}

async function take(deps: WechatDeps, row: TicketRow, ticket: { value: string; seconds: number }): Promise<Found> {
  const now = deps.clock.now();
  const goodUntil = goodUntilOf(deps, ticket.seconds);
  await updateTicket(
    deps.sql,
    {
      ...row,
      ticketSealed: deps.keyring.seal(ticket.value, aboutOf(row, 'ticket')),
      ticketGoodUntil: goodUntil,
      failure: null,
      failuresCount: 0,
      retryAt: null,
      leasedUntil: now,
    },
    now,
  );
  return { reading: { kind: 'ticket', ticket: ticket.value }, goodUntilMs: goodUntil.getTime() };
}

async function giveUp(
  deps: WechatDeps,
  row: TicketRow,
  what: 'token' | 'ticket',
  answer: Exclude<WechatAnswer, { kind: 'given' }>,
): Promise<Found> {
  const now = deps.clock.now();
  const failure = answer.kind === 'refused' ? `${what}: errcode ${answer.code}` : `${what}: ${answer.reason}`;
  const pauseSeconds = pauseOf(answer, row.failuresCount);
  deps.log.warn({ appId: row.appId, failure, pauseSeconds }, 'WeChat gave no ticket for a service account');
  const isTokenBad = answer.kind === 'refused' && ENDED_CODES.has(answer.code);
  await updateTicket(
    deps.sql,
    {
      ...row,
      ...(isTokenBad ? { tokenSealed: null, tokenGoodUntil: null } : {}),
      failure,
      failuresCount: row.failuresCount + 1,
      retryAt: addSeconds(now, pauseSeconds),
      leasedUntil: now,
    },
    now,
  );
  return none(deps, failure, pauseSeconds);
}

/** 全局返回码: the frequency of the minute or the day. */
const QUOTA_CODES = new Set([45009, 45011]);

/** What is wrong with the settings stays wrong until somebody mends it; a busy or silent WeChat is asked ever more rarely. */
function pauseOf(answer: Exclude<WechatAnswer, { kind: 'given' }>, failuresCount: number): number {
  const { busy, busyMax, settings, quota } = WECHAT_RETRY_SECONDS;
  if (answer.kind === 'refused' && QUOTA_CODES.has(answer.code)) return answer.code === 45009 ? quota : 60;
  const isBusy = answer.kind === 'unknown' || answer.code === -1 || ENDED_CODES.has(answer.code);
  return isBusy ? Math.min(busyMax, busy * 2 ** Math.min(failuresCount, 8)) : settings;
}

function none(deps: WechatDeps, reason: string, seconds: number): Found {
  return { reading: { kind: 'none', reason }, goodUntilMs: deps.clock.now().getTime() + seconds * 1000 };
}

/** A little before WeChat's own end; what lives only briefly is good for half its life. */
function goodUntilOf(deps: WechatDeps, seconds: number): Date {
  const good = seconds > 2 * WECHAT_MARGIN_SECONDS ? seconds - WECHAT_MARGIN_SECONDS : Math.floor(seconds / 2);
  return addSeconds(deps.clock.now(), good);
}

function aboutOf({ book, appId, madeFor }: TicketRow, what: 'token' | 'ticket'): string {
  return `link_wechat_tickets ${what} ${book} ${appId} ${madeFor.toString('hex')}`;
}

function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
