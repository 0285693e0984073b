import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { systemRandom } from '../../src/base/random.ts';
import { type Dice, rollDice } from '../kill/dice.ts';
import { killAll, type Kills } from '../kill/kill-all.ts';
import { settle } from '../kill/settle.ts';
import { type Standing, readBankRecord } from './bank-record.ts';
import { brewStorm, type Storm } from './bank-storm.ts';
import {
  compareCards,
  compareWithBanks,
  compareWitness,
  listLate,
  type RecordedMove,
  readRecorded,
} from './check-moves.ts';
import { compareShops } from './check-shops.ts';
import { checkAudit, compareClearing, compareLedger, compareLimits, findSecrets } from './check-wallet.ts';
import { moveMoney } from './move-stories.ts';
import { openMoves } from './open-moves.ts';
import { goShopping, type ShopDeps } from './shop-stories.ts';
import { openHere, openWalletWorld, type WalletWorld } from './wallet-world.ts';
import { openWitness } from './witness.ts';

/*
 * kill -9 of the wallet and of PostgreSQL at any moment, banks that fail in every way that they can, and a line to them that is cut, deaf,
 * slow and false: nothing that was confirmed is lost, nothing moves twice, nobody is told of an end that is none, and the books of the
 * banks, of the moves and of the ledger say the same to the fen.
 *
 *   npx vitest run test/kill-wallet                     the quick form: 10 kills of the wallet, 5 of PostgreSQL
 *   WALLET_KILLS=200 npx vitest run test/kill-wallet    the long form: so many kills in all, a third of them of PostgreSQL
 *   WALLET_KILL_SEED=7 …                                rolls the same dice again: what people do, kills, faults
 */
const KILLS = Number(process.env['WALLET_KILLS'] ?? 15);
const SEED = Number(process.env['WALLET_KILL_SEED'] ?? systemRandom.bytes(4).readUInt32BE());
/** Only ends what hangs, also on a machine that is many times slower. */
const TEST_MS_MAX = 900_000 + KILLS * 60_000;
const LINES_SHOWN_MAX = 8;
const LOG_LINES_SHOWN = 40;
/** Longer than the lease of a leg. */
const OUTAGE_MS = 61_000;

/**
 * Errors that the wallet has to log when the line or the switch does that to it. A debit that was never told and went back on the next day
 * of the switch stands in the first day's file: that day does not agree until the next file has been read, and nothing may be open then.
 */
const BLAMED_ON_OTHERS =
  /refused the header of a frame|a key that does not prove itself|a new working key could not be kept|a day of clearing does not agree/;

test(
  'kill -9 of the wallet or of PostgreSQL, with banks and a line that fail, loses no confirmed move, doubles none and tells nobody what is not so',
  async () => {
    console.log(`wallet kill test: seed ${SEED}, ${KILLS} kills`);
    const startedMs = performance.now();
    const dice = rollDice(SEED);
    const world = await openWalletWorld(dice.fork());
    const preparedMs = performance.now();
    try {
      const fought = await killUnderLoad(dice, world);
      const loadMs = performance.now() - preparedMs;
      const { findings, recorded, standing } = await compareEverything(world, fought);
      showTable(world, fought, recorded, standing, { load: loadMs, all: performance.now() - startedMs });
      for (const line of listLate(recorded, fought.calmAt)) console.log(line);
      for (const [name, lines] of Object.entries(findings))
        for (const line of lines.slice(0, LINES_SHOWN_MAX)) console.error(`${name}: ${line}`);
      expect(findings).toEqual(Object.fromEntries(Object.keys(findings).map((name) => [name, []])));
    } catch (error) {
      for (const line of world.server.faults.slice(0, LINES_SHOWN_MAX)) console.error(line);
      for (const line of readLast(world.how.logFile)) console.error(line);
      throw error;
    } finally {
      await world.close();
    }
  },
  TEST_MS_MAX,
);

/** What the wallet logged at the end. */
function readLast(logFile: string): string[] {
  return existsSync(logFile) ? readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN) : [];
}

interface Fought {
  kills: Kills;
  /** From here on nothing outside was wrong. */
  calmAt: Date;
  storm: Storm;
  deps: ShopDeps;
}

async function killUnderLoad(dice: Dice, world: WalletWorld): Promise<Fought> {
  const { people, shops, clock, server, postgres, bank, line } = world;
  let isOver = false;
  const deps: ShopDeps = {
    dice,
    people,
    shops,
    witness: openWitness(),
    isOver: () => isOver,
    now: () => clock.now(),
    orders: [],
    problems: [],
  };
  const own = (): ShopDeps => ({ ...deps, dice: dice.fork() });
  const load = people.flatMap((who, index) => [
    moveMoney(own(), who),
    ...(index % 2 === 0 ? [goShopping(own(), who)] : []),
  ]);
  const storm = brewStorm(dice.fork(), bank, line);
  const field = {
    server,
    postgres,
    countWork: () => countDone(deps),
    disturb: storm.disturb,
    calm: storm.calm,
    outageMs: OUTAGE_MS,
    waitMsMax: 5_000,
  };
  const killing = killAll(dice.fork(), field, KILLS).finally(() => void (isOver = true));
  const [kills] = await Promise.all([killing, Promise.all(load)]); // whoever fails first ends the test
  return { kills, calmAt: clock.now(), storm, deps };
}

/** Moves that somebody saw arrive, and orders that a shop was told are paid. */
function countDone({ witness, orders }: ShopDeps): number {
  const arrived = [...witness.seen.values()].filter(({ states }) => states.includes('succeeded'));
  return arrived.length + orders.filter(({ states }) => states.includes('paid')).length;
}

interface Compared {
  /** Each list names what is wrong, in words. */
  findings: Record<string, string[]>;
  recorded: RecordedMove[];
  standing: Map<string, Standing>;
}

async function compareEverything(world: WalletWorld, { deps }: Fought): Promise<Compared> {
  const { bank, people, clock, how, server } = world;
  const { hutong, wallet } = await openHere(how, clock);
  const { sql } = hutong;
  try {
    await settle(world, openMoves(sql), () => {});
    const recorded = await readRecorded(sql, wallet);
    const days = [...new Set(bank.totals().map(({ day }) => day))].sort();
    const { standing, wrong } = readBankRecord(bank, days);
    const findings = {
      told: compareWitness(deps.witness, recorded),
      banks: [...wrong, ...compareWithBanks(recorded, standing), ...compareCards(people, bank, standing)],
      shops: await compareShops(sql, deps),
      ledger: await compareLedger(hutong, wallet, bank),
      limits: await compareLimits(sql),
      clearing: await compareClearing(sql),
      audit: await checkAudit(wallet),
      secrets: findSecrets(people, how.logFile),
      internalErrors: people.flatMap(({ call }) => call.internalErrors),
      serverFaults: server.faults.filter((text) => !BLAMED_ON_OTHERS.test(text)),
    };
    return { findings, recorded, standing };
  } finally {
    await hutong.stop();
  }
}

function showTable(
  { people, line }: WalletWorld,
  { kills, storm, deps, calmAt }: Fought,
  recorded: readonly RecordedMove[],
  standing: ReadonlyMap<string, Standing>,
  ms: { load: number; all: number },
): void {
  const count = (is: (one: RecordedMove) => boolean): number => recorded.filter(is).length;
  const kinds = ['transfer', 'repayment', 'purchase', 'refund'] as const;
  const states = ['succeeded', 'failed', 'canceled'] as const;
  const struck = Object.entries(line.struck);
  const rows: [string, number][] = [
    ['kill -9 of the wallet', kills.server],
    ['kill -9 of PostgreSQL', kills.postgres],
    ['pauses of the wallet', kills.pauses],
    ['faults set at the banks', [...storm.set.values()].reduce((sum, times) => sum + times, 0)],
    ['faults on the line', struck.reduce((sum, [, times]) => sum + times, 0)],
    ...struck.map(([name, times]): [string, number] => [`  ${name}`, times]),
    ['acknowledged answers', people.reduce((sum, { call }) => sum + call.acknowledged.length, 0)],
    ['requests sent again', people.reduce((sum, { call }) => sum + call.retries(), 0)],
    ['confirmed moves', deps.witness.confirmed.size],
    ['orders of shops', deps.orders.length],
    ...kinds.flatMap((kind) =>
      states.flatMap((state): [string, number][] => {
        const found = count(({ move }) => move.kind === kind && move.state === state);
        return found === 0 ? [] : [[`${kind} ${state}`, found]];
      }),
    ),
    ...countFailures(recorded),
    ['taken back', count(({ legs }) => legs.reversal !== undefined)],
    ['sent more than once', count(({ legs }) => Object.values(legs).some(({ sendsCount }) => sendsCount > 1))],
    ['ended by the files', listLate(recorded, calmAt).length],
    ['stand at the banks', standing.size],
    ['seconds under load', Math.round(ms.load / 1000)],
    ['seconds in all', Math.round(ms.all / 1000)],
  ];
  console.log(rows.map(([name, value]) => `  ${name.padEnd(28)}${String(value).padStart(8)}`).join('\n'));
}

function countFailures(recorded: readonly RecordedMove[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { move } of recorded)
    if (move.failure !== null) counts.set(move.failure, (counts.get(move.failure) ?? 0) + 1);
  return [...counts].map(([failure, count]) => [`  failed: ${failure}`, count]);
}
