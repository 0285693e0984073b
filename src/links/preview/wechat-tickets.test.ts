import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/database.ts';
import { ManualClock } from '../../base/clock.ts';
import { WECHAT_KEPT_SECONDS, WECHAT_LEASE_SECONDS, WECHAT_RETRY_SECONDS } from '../../base/link-limits.ts';
import type { Log } from '../../base/log.ts';
import type { OutboundRequest } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { createSend, type Sender } from '../../net/send.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../../sandbox/wallets/wechatpay/wechatpay.ts';
import { createKeyring } from '../../vault/seal.ts';
import type { LinkApp } from '../link.ts';
import { testLinkApp } from './test-ready-link.ts';
import { claimTicket, findTicket } from './wechat-ticket-store.ts';
import { openWechatTickets } from './wechat-tickets.ts';

const { sql } = await freshDatabase();
const clock = new ManualClock(new Date('2026-03-01T08:00:00Z'));
const keyring = createKeyring({ random: systemRandom }, [new Secret('s'.repeat(40))]);
const said: string[] = [];
const log: Log = {
  debug: (facts, message) => void said.push(JSON.stringify(facts) + message),
  info: (facts, message) => void said.push(JSON.stringify(facts) + message),
  warn: (facts, message) => void said.push(JSON.stringify(facts) + message),
  error: (facts, message) => void said.push(JSON.stringify(facts) + message),
};
let sandbox: WechatpaySandbox;
let sender: Sender;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hutong-tickets-'));
  sandbox = await startWechatpaySandbox({ port: 0, clock, random: systemRandom, log, dataDir: dir });
  sender = createSend({ connectionsPerOriginMax: 8, connectTimeoutMs: 2000, idleTimeoutMs: 1000 });
});
afterAll(async () => {
  await sender.destroy();
  await sandbox.stop();
  await rm(dir, { recursive: true });
});
beforeEach(() => sandbox.clearFaults());

let appsCount = 0;
function newAccount(appId = sandbox.merchantSettings.appid): LinkApp {
  appsCount += 1;
  return testLinkApp({ kind: 'wechat_account', appId, openAppId: null }, `lap_${String(appsCount).padStart(26, '0')}`);
}

/** One process, with its own memory; `calls` are the paths that WeChat was asked. */
function openNode(more: { secret?: () => string | null } = {}) {
  const calls: string[] = [];
  const tickets = openWechatTickets({
    sql,
    clock,
    log,
    keyring,
    place: { apiUrl: sandbox.url, scriptUrl: '' },
    send: (request: OutboundRequest) => {
      calls.push(new URL(request.url).pathname.split('/').at(-1) ?? '');
      return sender.send(request);
    },
    openSecret: () => Promise.resolve((more.secret ?? (() => sandbox.merchantSettings.app_secret))()),
  });
  return { tickets, calls };
}

const BOTH = ['stable_token', 'getticket'];

describe('the ticket of a service account', () => {
  test('is fetched once for all who ask, on however many nodes', async () => {
    const account = newAccount();
    const nodes = [openNode(), openNode(), openNode()];
    const readings = await Promise.all(
      nodes.flatMap(({ tickets }) => [tickets.ticketOf(account), tickets.ticketOf(account), tickets.ticketOf(account)]),
    );
    expect(new Set(readings.map((reading) => JSON.stringify(reading))).size).toBe(1);
    expect(readings[0]).toMatchObject({ kind: 'ticket' });
    expect(nodes.flatMap(({ calls }) => calls)).toEqual(BOTH);
  });

  test('lies sealed in the database, and in no log', async () => {
    const account = newAccount();
    const reading = await openNode().tickets.ticketOf(account);
    const [row] = await sql<{ text: string }[]>`
      select row_to_json(link_wechat_tickets)::text as text from link_wechat_tickets where app_id = ${account.id}`;
    const text = (row?.text ?? '') + said.join('\n');
    expect(text).toContain('ticket_sealed":"v1.');
    if (reading.kind !== 'ticket') throw new Error('there is a ticket');
    expect(text).not.toContain(reading.ticket);
    expect(text).not.toContain(sandbox.merchantSettings.app_secret);
  });

  test('is fetched anew before it ends, with the token that is still good or another', async () => {
    const account = newAccount();
    const { tickets, calls } = openNode();
    const first = await tickets.ticketOf(account);
    clock.advanceMs(6_899_000);
    expect(await tickets.ticketOf(account)).toEqual(first);
    expect(calls).toEqual(BOTH);
    clock.advanceMs(2000);
    expect(await tickets.ticketOf(account)).toMatchObject({ kind: 'ticket' });
    expect(calls).toEqual([...BOTH, ...BOTH]);
  });

  test('of another secret is not used any more', async () => {
    const account = newAccount();
    let secret: string | null = sandbox.merchantSettings.app_secret;
    const { tickets, calls } = openNode({ secret: () => secret });
    await tickets.ticketOf(account);
    secret = 'f'.repeat(32);
    clock.advanceMs(WECHAT_KEPT_SECONDS * 1000);
    expect(await tickets.ticketOf(account)).toEqual({ kind: 'none', reason: 'token: errcode 40125' });
    secret = sandbox.merchantSettings.app_secret;
    clock.advanceMs(WECHAT_RETRY_SECONDS.settings * 1000);
    expect(await tickets.ticketOf(account)).toMatchObject({ kind: 'ticket' });
    expect(calls).toHaveLength(5);
    secret = null;
    clock.advanceMs(WECHAT_KEPT_SECONDS * 1000);
    expect(await tickets.ticketOf(account)).toMatchObject({ kind: 'none' });
    expect(calls).toHaveLength(5);
  });

  test('is had with another token when somebody ended the one that we have', async () => {
    const account = newAccount();
    const { tickets, calls } = openNode();
    await tickets.ticketOf(account);
    await sql`update link_wechat_tickets set ticket_sealed = null, ticket_good_until = null where app_id = ${account.id}`;
    await forceToken();
    clock.advanceMs(WECHAT_KEPT_SECONDS * 1000);
    expect(await tickets.ticketOf(account)).toMatchObject({ kind: 'ticket' });
    expect(calls).toEqual([...BOTH, 'getticket', ...BOTH]);
  });
});

describe('when WeChat gives none', () => {
  test.each([
    ['the AppID is wrong', { appId: 'wx00000000000000ff' }, 'token: errcode 40013', WECHAT_RETRY_SECONDS.settings],
    ['the day’s calls are used up', { code: 45009 }, 'token: errcode 45009', WECHAT_RETRY_SECONDS.quota],
    ['the minute’s calls are used up', { code: 45011 }, 'token: errcode 45011', 60],
    ['WeChat is busy', { code: -1 }, 'token: errcode -1', WECHAT_RETRY_SECONDS.busy],
    ['a page comes instead', { kind: 'html' }, 'token: HTTP status 200, not readable', WECHAT_RETRY_SECONDS.busy],
    ['the connection is cut', { kind: 'drop_after' }, 'token: no answer', WECHAT_RETRY_SECONDS.busy],
  ])(
    'because %s, nobody asks again too soon',
    async (_name, how: { appId?: string; code?: number; kind?: string }, reason, pauseSeconds) => {
      const account = newAccount(how.appId);
      const [node, other] = [openNode(), openNode()];
      if (how.code !== undefined)
        sandbox.setFault({ operation: 'stable_token', kind: 'code', value: String(how.code) });
      if (how.kind !== undefined) sandbox.setFault({ operation: 'stable_token', kind: how.kind });
      expect(await node.tickets.ticketOf(account)).toEqual({ kind: 'none', reason });
      expect(await node.tickets.ticketOf(account)).toEqual({ kind: 'none', reason });
      expect(await other.tickets.ticketOf(account)).toEqual({ kind: 'none', reason });
      expect([...node.calls, ...other.calls]).toEqual(['stable_token']);
      sandbox.clearFaults();
      clock.advanceMs(pauseSeconds * 1000 - 1);
      expect(await node.tickets.ticketOf(account)).toMatchObject({ kind: 'none' });
      clock.advanceMs(1);
      expect((await node.tickets.ticketOf(account)).kind).toBe(how.appId === undefined ? 'ticket' : 'none');
    },
  );

  test('a WeChat that stays silent is asked ever more rarely', async () => {
    const account = newAccount();
    const { tickets, calls } = openNode();
    sandbox.setFault({ operation: 'jsapi_ticket', kind: 'code', value: '-1' });
    await tickets.ticketOf(account);
    for (const pauseSeconds of [15, 30, 60, 120, 240, 300, 300]) {
      clock.advanceMs(pauseSeconds * 1000 - 1);
      await tickets.ticketOf(account);
      const before = calls.length;
      clock.advanceMs(1);
      await tickets.ticketOf(account);
      expect(calls.length).toBe(before + 1);
    }
    expect(calls.filter((path) => path === 'stable_token')).toEqual(['stable_token']);
  });

  test('a node that died while it fetched is waited for, not for ever', async () => {
    const account = newAccount();
    const now = clock.now();
    const leaseUntil = new Date(now.getTime() + WECHAT_LEASE_SECONDS * 1000);
    const madeFor = keyring.digest(
      'wechat account',
      `${sandbox.merchantSettings.appid}\n${sandbox.merchantSettings.app_secret}`,
    );
    await claimTicket(sql, { book: account.book, appId: account.id, madeFor, now, leaseUntil });
    const { tickets, calls } = openNode();
    expect(await tickets.ticketOf(account)).toEqual({ kind: 'none', reason: 'another node is fetching it' });
    expect(calls).toEqual([]);
    clock.advanceMs(WECHAT_LEASE_SECONDS * 1000);
    expect(await tickets.ticketOf(account)).toMatchObject({ kind: 'ticket' });
    expect((await findTicket(sql, account.book, account.id))?.leaseNo).toBe(2n);
  });
});

async function forceToken(): Promise<void> {
  const { appid, app_secret: secret } = sandbox.merchantSettings;
  const body = JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh: true });
  await fetch(`${sandbox.url}/cgi-bin/stable_token`, { method: 'POST', body });
}
