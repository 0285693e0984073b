import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import { addWalletAccount } from '../../src/cashier/add-wallet-account.ts';
import { createApiKey } from '../../src/cashier/api-keys.ts';
import { createMerchant } from '../../src/cashier/create-merchant.ts';
import { SCOPES } from '../../src/cashier/merchant.ts';
import { connect, type Sql } from '../../src/db/connect.ts';
import { startPostgres } from '../../src/db/embedded.ts';
import { BOOK, openHutong } from '../../src/hutong.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { startUnionpaySandbox, type UnionpaySandbox } from '../../src/sandbox/wallets/unionpay/unionpay.ts';
import { callApi, temporaryDir } from '../server.ts';
import { findDoubled, findLost, findUnlikeRepeats, readRecords } from './check-acknowledged.ts';
import { compareLedger, comparePayments, compareRefunds, compareWebhooks, type LedgerOwners } from './check-books.ts';
import { type Dice, rollDice } from './dice.ts';
import { killPostgres } from './kill-postgres.ts';
import { LeapingClock } from './leaping-clock.ts';
import { callPatiently } from './patient-caller.ts';
import { prepareServer, type ServerUnderFire } from './server-under-fire.ts';
import { runShop } from './shop.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

/*
 * kill -9 of the server and of PostgreSQL, at any moment, under load: nothing that was acknowledged is lost, nothing happens
 * twice, and our books agree with the wallet's.
 *
 *   npx vitest run test/kill                     the quick form: 12 kills of the server, 6 of PostgreSQL
 *   KILLS=200 npx vitest run test/kill           the long form: so many kills in all, a third of them of PostgreSQL
 *   KILL_SEED=7 …                                asks for the same kills, shops and pauses again
 */
const KILLS = Number(process.env['KILLS'] ?? 18);
const SEED = Number(process.env['KILL_SEED'] ?? systemRandom.bytes(4).readUInt32BE());
const SHOPS = 16;
/** Half a minute without a server: then every lease of the dead one is over. */
const OUTAGE_MS = 31_000;
/**
 * As often as UnionPay, and a little longer: money that comes when an order has long run out is known from its notification
 * alone (or from the bill file of the day), so one of these has to find the server alive.
 */
const NOTIFY_DELAYS_MS = [0, 500, 2_000, 60_000, 120_000, 240_000, 300_000, 600_000];
const TEST_MS_MAX = 120_000 + KILLS * 20_000;

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

test('kill -9 of the server or of PostgreSQL at any moment loses no acknowledged write and doubles none', {
  timeout: TEST_MS_MAX,
}, async () => {
  const startedMs = performance.now();
  const dice = rollDice(SEED);
  console.log(`kill test: seed ${SEED}, ${KILLS} kills`);

  const clock = new LeapingClock(0);
  const folder = await temporaryDir('kill');
  closing.push(() => folder.remove());
  const postgres = await startPostgres({ dir: `${folder.dir}/postgres`, keepAlive: true });
  closing.push(() => postgres.stop());
  const unionpay = await startUnionpaySandbox({
    port: 0,
    clock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
    notifyDelaysMs: NOTIFY_DELAYS_MS,
    refundDelayMs: 30,
  });
  closing.push(() => unionpay.stop());
  const receiver = await startWebhookReceiver(dice.fork());
  closing.push(async () => receiver.close());
  const how = {
    databaseUrl: postgres.url,
    port: await lowPort(dice),
    masterSecret: systemRandom.bytes(32).toString('base64'),
  };
  const { apiKey, owners } = await openShop(how, clock, unionpay);
  const server = await prepareServer(clock, how);
  closing.push(() => server.close());
  await server.start();
  const url = `http://127.0.0.1:${how.port}`;
  const endpoint = await callApi(url, apiKey, 'POST', '/v1/webhook-endpoints', { url: receiver.url });
  receiver.listenWith(endpoint.json.secret);

  const call = callPatiently(url, apiKey);
  closing.push(async () => call.stop());
  let isOver = false;
  const sleepers: string[] = [];
  const shops = Array.from({ length: SHOPS }, (_, index) =>
    runShop({ dice: dice.fork(), call, unionpay, sleepers, isOver: () => isOver }, index + 1),
  );
  const selling = Promise.all(shops);
  const kills = await Promise.race([
    killAll(dice.fork(), server, unionpay, () => killPostgres(postgres), KILLS),
    selling.then(() => null),
  ]);
  isOver = true;
  const loadSeconds = (performance.now() - startedMs) / 1000;
  await server.start();
  unionpay.clearFaults();
  server.leap(OUTAGE_MS);
  await selling;

  const sql = connect(postgres.url, { connectionsMax: 4, applicationName: 'test' });
  closing.push(() => sql.end());
  const leaps = await settle(sql, clock, server, () => {
    for (const orderNo of sleepers.splice(0)) unionpay.pay(orderNo, { late: true });
  });

  const records = await readRecords(call);
  const unlike = await findUnlikeRepeats(call, dice);
  const after = await readRecords(call);
  const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
  const found = {
    lost: findLost(call.acknowledged, records),
    doubled: findDoubled(call.acknowledged, after),
    answeredUnlike: unlike,
    payments: comparePayments(after, unionpay),
    refunds: compareRefunds(after, unionpay),
    ledger: await compareLedger(ledger, sql, owners, after, unionpay),
    webhooks: await compareWebhooks(sql, receiver.accepted, after),
    forgedWebhooks: receiver.forged === 0 ? [] : [`${receiver.forged}`],
    internalErrors: call.internalErrors,
    serverFaults: server.faults,
  };
  const total = unionpay.totals().find((one) => one.mer_id === owners.merchantNo);
  console.table({
    'kill -9 of the server': kills?.server,
    'kill -9 of PostgreSQL': kills?.postgres,
    pauses: kills?.pauses,
    acknowledged: call.acknowledged.length,
    'sent again': call.retries(),
    lost: found.lost.length,
    doubled: found.doubled.length,
    'payments paid at the wallet': total?.payments,
    'refunds at the wallet': total?.refunds,
    'webhooks accepted': receiver.accepted.length,
    'webhooks that came twice': receiver.accepted.length - new Set(receiver.accepted.map((one) => one.id)).size,
    'leaps to settle': leaps,
    'seconds of load': Math.round(loadSeconds),
    'seconds in all': Math.round((performance.now() - startedMs) / 1000),
  });
  for (const list of Object.values(found)) for (const line of list.slice(0, 5)) console.error(line);
  expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
});

/** Below the ports that calls going out are given: one of those could take ours while the server is down. */
async function lowPort(dice: Dice): Promise<number> {
  for (;;) {
    const port = dice.between(20_000, 30_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** A shop with an account at the simulated wallet and a key, made by a Hutong in this process that then goes. */
async function openShop(
  how: { databaseUrl: string; port: number; masterSecret: string },
  clock: LeapingClock,
  unionpay: UnionpaySandbox,
): Promise<{ apiKey: string; owners: LedgerOwners }> {
  const hutong = await openHutong({
    databaseUrl: how.databaseUrl,
    publicUrl: `http://127.0.0.1:${how.port}`,
    masterSecrets: [new Secret(how.masterSecret)],
    isSandbox: true,
    clock,
    random: systemRandom,
    log: silentLog,
  });
  const { deps } = hutong.cashier;
  const { id: merchantId } = await createMerchant(deps, { book: BOOK, name: '茶店', livemode: false });
  const { token } = await createApiKey(deps, { merchantId, label: 'kill', scopes: SCOPES, expiresAt: null });
  const settings = unionpay.merchantSettings;
  const account = await addWalletAccount(deps, {
    merchantId,
    wallet: 'unionpay',
    label: 'kill',
    settings,
    claim: null,
  });
  const { id: walletAccountId }: { id: string } = JSON.parse(account.body); // a wallet account as the API shows it
  await hutong.stop();
  return { apiKey: token.reveal(), owners: { merchantId, walletAccountId, merchantNo: settings.mer_id } };
}

interface Kills {
  server: number;
  postgres: number;
  pauses: number;
}

/** Two of three kills hit the server; every sixth time something else goes wrong on top. */
async function killAll(
  dice: Dice,
  server: ServerUnderFire,
  unionpay: UnionpaySandbox,
  killDatabase: () => Promise<void>,
  killsMax: number,
): Promise<Kills> {
  const kills: Kills = { server: 0, postgres: 0, pauses: 0 };
  for (let kill = 1; kill <= killsMax; kill++) {
    disturb(dice, unionpay);
    await pause(dice.isBelow(0.2) ? dice.between(0, 300) : dice.between(300, 1500));
    if (kill % 3 === 0) {
      await killDatabase();
      kills.postgres += 1;
    } else {
      await server.kill();
      kills.server += 1;
      server.leap(OUTAGE_MS);
      const started = server.start();
      // One start in four may be killed before it is through.
      if (!dice.isBelow(0.25)) await started;
    }
    if (kill === Math.ceil(killsMax / 2)) {
      server.signal('SIGSTOP');
      await pause(2000);
      server.signal('SIGCONT');
      kills.pauses += 1;
    }
  }
  await server.kill();
  kills.server += 1;
  server.leap(OUTAGE_MS);
  return kills;
}

/** The wallet is slow, or does what it was asked and hangs up before it has said so. */
function disturb(dice: Dice, unionpay: UnionpaySandbox): void {
  unionpay.clearFaults();
  for (const operation of ['app', 'query', 'refund', 'void'] as const) {
    unionpay.setFault({ operation, kind: 'slow', value: dice.between(20, 200), times: 3 });
    if (dice.isBelow(0.3)) unionpay.setFault({ operation, kind: 'drop_after', times: 1 });
  }
}

const LEAP_MS = 601_000;
const LEAPS_MAX = 80;

/** Lets hours pass until nothing is open any more; answers how many leaps it took. */
async function settle(
  sql: Sql,
  clock: LeapingClock,
  server: ServerUnderFire,
  afterExpiry: () => void,
): Promise<number> {
  for (let leaps = 0; leaps < LEAPS_MAX; leaps++) {
    const open = await countOpen(sql, clock.now());
    if (leaps > 3 && open.everything === 0n) return leaps;
    if (leaps === 3) afterExpiry();
    server.leap(LEAP_MS);
    for (let looks = 0; looks < 100 && (await countOpen(sql, clock.now())).due > 0n; looks++) await pause(100);
    await pause(300);
  }
  throw new Error(
    `still open: ${JSON.stringify(await countOpen(sql, clock.now()), (_k, v) => (typeof v === 'bigint' ? Number(v) : v))}`,
  );
}

async function countOpen(sql: Sql, now: Date): Promise<{ everything: bigint; due: bigint }> {
  const [row] = await sql<{ everything: bigint; due: bigint }[]>`
    select count(*) as everything, count(*) filter (where due_at <= ${now}) as due
    from (
      select due_at from attempts where outcome in ('pending', 'unknown')
      union all select due_at from refunds where outcome in ('pending', 'unknown')
      union all select due_at from payments where state not in ('succeeded', 'canceled')
      union all select due_at from webhook_deliveries where state = 'pending'
    ) as owed`;
  if (row === undefined) throw new Error('a count is one row');
  return row;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
