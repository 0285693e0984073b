import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { connect } from '../../src/db/connect.ts';
import { BOOK } from '../../src/hutong.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import type { PretendWallet } from '../pretend-wallets.ts';
import { findDoubled, findLost, findUnlikeRepeats, readRecords } from './check-acknowledged.ts';
import { compareLedger, comparePayments, compareRefunds, compareUndone, compareWebhooks } from './check-books.ts';
import { compareGrants, compareLimits, countOffers, type OfferCounts } from './check-offers.ts';
import { compareCounts, compareStaged, findChangedDecisions } from './check-rollout.ts';
import { type Dice, rollDice } from './dice.ts';
import { type Battlefield, disturbWallets, killAll, type Kills } from './kill-all.ts';
import { openPayments, settle } from './settle.ts';
import type { ShopDeps, Told } from './order-steps.ts';
import { runShop } from './shop.ts';
import { openWorld, type World } from './world.ts';

/*
 * kill -9 of the server and of PostgreSQL, at any moment, under load: nothing that was acknowledged is lost, nothing happens
 * twice, and our books agree with the wallet's. Offers of every sort are used up to the brim, and a wallet is opened step by step: no limit
 * is exceeded or left held, nobody pays more than was shown, and what was decided stays.
 *
 *   npx vitest run test/kill                     the quick form: 12 kills of the server, 6 of PostgreSQL
 *   KILLS=200 npx vitest run test/kill           the long form: so many kills in all, a third of them of PostgreSQL
 *   KILL_SEED=7 …                                rolls the same dice again: orders, kills, pauses, bad days of the wallet
 */
const KILLS = Number(process.env['KILLS'] ?? 18);
const SEED = Number(process.env['KILL_SEED'] ?? systemRandom.bytes(4).readUInt32BE());
/** Only ends what hangs, also on a machine that is many times slower. */
const TEST_MS_MAX = 900_000 + KILLS * 60_000;
const SHOPS = 16;
/** Longer than any lease. */
const OUTAGE_MS = 31_000;
const LINES_SHOWN_MAX = 5;

test(
  'kill -9 of the server or of PostgreSQL at any moment loses no acknowledged write and doubles none',
  async () => {
    console.log(`kill test: seed ${SEED}, ${KILLS} kills`);
    const startedMs = performance.now();
    const dice = rollDice(SEED);
    const world = await openWorld(dice.fork());
    try {
      const told: Told = { decisions: new Map(), dearer: [], askedAgain: 0 };
      const { kills, ...unusual } = await killUnderLoad(dice, world, told);
      const loadMs = performance.now() - startedMs;
      const { findings, offers } = await compareEverything(dice, world, unusual, told);
      const ms = { load: loadMs, all: performance.now() - startedMs };
      showTable(world, kills, findings, { ms, told, offers });
      for (const lines of Object.values(findings))
        for (const line of lines.slice(0, LINES_SHOWN_MAX)) console.error(line);
      expect(findings).toEqual(Object.fromEntries(Object.keys(findings).map((name) => [name, []])));
    } catch (error) {
      for (const line of world.server.faults.slice(0, LINES_SHOWN_MAX)) console.error(line);
      throw error;
    } finally {
      await world.close();
    }
  },
  TEST_MS_MAX,
);

/** Buyers who pay at a strange time. */
type Unusual = Pick<ShopDeps, 'sleepers' | 'lateOnes'>;

async function killUnderLoad(dice: Dice, world: World, told: Told): Promise<Unusual & { kills: Kills }> {
  const unusual: Unusual = { sleepers: [], lateOnes: [] };
  let isOver = false;
  const shops = Array.from({ length: SHOPS }, (_, index) =>
    runShop({ ...world, dice: dice.fork(), ...unusual, told, isOver: () => isOver }, index + 1),
  );
  const selling = Promise.all(shops);
  const killing = killAll(dice.fork(), toField(dice.fork(), world), KILLS).finally(() => void (isOver = true));
  const [kills] = await Promise.all([killing, selling]); // whoever fails first ends the test
  return { kills, ...unusual };
}

function toField(dice: Dice, { server, postgres, wallets, call }: World): Battlefield {
  return {
    server,
    postgres,
    countWork: () => call.acknowledged.length,
    disturb: () => disturbWallets(dice, wallets),
    calm: () => wallets.clearFaults(),
    outageMs: OUTAGE_MS,
    waitMsMax: 10_000,
  };
}

type Findings = Record<string, string[]>;

interface Facts {
  ms: { load: number; all: number };
  told: Told;
  offers: OfferCounts;
}

/** Each list names what is wrong, in words. */
async function compareEverything(
  dice: Dice,
  world: World,
  { sleepers, lateOnes }: Unusual,
  told: Told,
): Promise<{ findings: Findings; offers: OfferCounts }> {
  const { call, clock, merchantId, postgres, promised, receiver, server } = world;
  const wallets = world.wallets.all;
  const sql = connect(postgres.url, { connectionsMax: 4, applicationName: 'test' });
  try {
    await settle(world, openPayments(sql, [...lateOnes, ...sleepers]), () => {
      for (const { wallet, orderNo } of sleepers) wallet.sandbox.pay(orderNo, { late: true });
    });
    const lost = findLost(call.acknowledged, await readRecords(call));
    const answeredUnlike = await findUnlikeRepeats(call, dice);
    const records = await readRecords(call);
    const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
    const findings = {
      lost,
      doubled: findDoubled(call.acknowledged, records),
      answeredUnlike,
      payments: comparePayments(records, wallets),
      undone: compareUndone(records, wallets, call.acknowledged),
      refunds: compareRefunds(records, wallets),
      ledger: await compareLedger(ledger, sql, merchantId, records, wallets),
      limits: await compareLimits(sql, records),
      grants: await compareGrants(ledger, records, (wallet) => world.wallets.get(wallet).accountId),
      dearerThanShown: told.dearer,
      rolloutCounts: await compareCounts(sql, promised.rolloutId, records),
      stagedWallet: await compareStaged(sql, promised.rolloutId, records),
      decisions: await findChangedDecisions(call, told, records),
      webhooks: await compareWebhooks(sql, receiver.accepted, records),
      forgedWebhooks: receiver.forged === 0 ? [] : [`${receiver.forged} webhooks were not signed rightly`],
      internalErrors: call.internalErrors,
      serverFaults: server.faults,
    };
    return { findings, offers: await countOffers(sql) };
  } finally {
    await sql.end();
  }
}

function showTable(world: World, kills: Kills, found: Findings, { ms, told, offers }: Facts): void {
  const { call, receiver, wallets } = world;
  const rows: [string, number | undefined][] = [
    ['kill -9 of the server', kills.server],
    ['kill -9 of PostgreSQL', kills.postgres],
    ['pauses of the server', kills.pauses],
    ['acknowledged writes', call.acknowledged.length],
    ['requests sent again', call.retries()],
    ['lost', found['lost']?.length],
    ['doubled', found['doubled']?.length],
    ...wallets.all.flatMap(countWays),
    ['paid with offers', offers.used],
    ['  limits held', offers.limits],
    ['  used beyond, told', offers.overruns],
    ['  asked again', told.askedAgain],
    ['webhooks accepted', receiver.accepted.length],
    ['of them again', receiver.accepted.length - new Set(receiver.accepted.map((one) => one.id)).size],
    ['seconds under load', Math.round(ms.load / 1000)],
    ['seconds in all', Math.round(ms.all / 1000)],
  ];
  console.log(rows.map(([name, count]) => `  ${name.padEnd(24)}${String(count).padStart(8)}`).join('\n'));
}

/** How many were placed there in each scene, how many paid, and how many undone. */
function countWays({ name, sandbox }: PretendWallet): [string, number][] {
  const orders = sandbox.orders();
  const count = (is: (order: (typeof orders)[number]) => boolean): number => orders.filter(is).length;
  const isUndo = (order: (typeof orders)[number]): boolean => order.via === 'revoke' || order.state === 'reversed';
  return [
    [`paid at ${name}`, count((order) => order.kind === 'payment' && order.state === 'succeeded')],
    ['  refunds', count((order) => order.kind === 'refund' && order.via !== 'revoke' && order.state === 'succeeded')],
    ['  undone', count(isUndo)],
  ];
}
