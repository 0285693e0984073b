import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import type { ClearedRow } from '../bank/rail.ts';
import { CardNumber } from '../base/card-number.ts';
import { systemRandom } from '../base/random.ts';
import { silentLog } from '../base/log.ts';
import { money } from '../money/money.ts';
import { settlementDayOf, endOfSettlementDay } from '../transfers/settlement-day.ts';
import { BOOK, type MovesWorld, openMovesWorld, type Payer } from '../transfers/test-moves.ts';
import { advanceDay } from './advance-day.ts';
import { claimDueDay } from './clearing-day-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { planDays } from './plan-days.ts';
import { listClearingBreaks, showClearingDay } from './read-clearing.ts';
import { toStampTime } from './row-facts.ts';

/* Real moves, limits and books over banks in memory, whose own record of what they did is the switch's file. */

let world: MovesWorld;
let deps: ClearingDeps;
const institutionOf = new Map<string, string>();

beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  deps = {
    sql: world.sql,
    clock: world.clock,
    random: systemRandom,
    log: silentLog,
    ledger: world.ledger,
    transfers: world.transfers,
    desk: {
      banks: () => [],
      rail: {
        reconcile: async (day: string) => ({ kind: 'file', rows: fileOf(day) }),
      } as ClearingDeps['desk']['rail'], // the one thing that clearing asks a rail
    },
  };
  await planDays(deps, BOOK);
  world.transfers.startWork();
  return () => world.transfers.stop();
});

/** What the banks did on that day and have not taken back, a row each. */
function fileOf(day: string): ClearedRow[] {
  const rows = new Map<string, ClearedRow>();
  for (const { kind, stamp, amountMinor, last4 } of world.bank.seen) {
    const card = CardNumber.read(`620058000000${last4}`);
    if (kind === 'reversal' || !world.bank.isDone(stamp) || card === null) continue;
    if (settlementDayOf(stamp.transmittedAt) !== day) continue;
    const transmittedAt = toStampTime(stamp.transmittedAt);
    rows.set(`${transmittedAt} ${stamp.stan}`, {
      stan: stamp.stan,
      transmittedAt,
      rrn: stamp.rrn,
      card,
      amount: money('CNY', amountMinor),
      messageType: '0200',
      processing: kind === 'debit' ? '460000' : '470000',
      issuer: institutionOf.get(last4) ?? '',
      responseCode: '00',
    });
  }
  return [...rows.values()];
}

async function payer(bank: 'ICBC' | 'CMB', fen: bigint): Promise<Payer> {
  const made = await world.payer(bank, fen);
  institutionOf.set(made.card.last4, world.deps.desk.institutionOf(bank) ?? '');
  return made;
}

/** Moves the clock past the end of the day of the switch and clears all that is due. Answers the day. */
async function clearDay(): Promise<string> {
  const day = settlementDayOf(world.clock.now());
  world.clock.advanceMs(endOfSettlementDay(day).getTime() + 301_000 - world.clock.now().getTime());
  await planDays(deps, BOOK);
  for (;;) {
    const now = world.clock.now();
    const [due] = await claimDueDay(world.sql, BOOK, now, new Date(now.getTime() + 900_000));
    if (due === undefined) return day;
    await advanceDay(deps, due);
  }
}

const breaksOf = async (day: string) =>
  (await listClearingBreaks(world.sql, { book: BOOK, day, state: null, after: null, itemsMax: 100 })).breaks.map(
    ({ kind, cause, ours, theirs }) => ({ kind, cause, ours, theirs }),
  );

describe('the file of the switch beside real moves', () => {
  test('agrees to the fen after transfers that went well, were refused, and were taken back', async () => {
    const [li, wang] = [await payer('ICBC', 10_000_000n), await payer('CMB', 10_000_000n)];
    const to = { kind: 'own_card', cardId: (await anotherCard(li, 'CMB')).id } as const;
    await world.untilEnded((await world.send(li, to, 12_300n)).id);
    await world.untilEnded(
      (await world.send(wang, { kind: 'own_card', cardId: (await anotherCard(wang, 'ICBC')).id }, 100n)).id,
    );
    world.bank.script('debit', 'refused');
    await world.untilEnded((await world.send(li, to, 500n)).id);
    world.bank.script('debit', 'reply_lost');
    await world.untilEnded((await world.send(li, to, 600n)).id);
    world.bank.script('credit', 'refused');
    await world.untilEnded((await world.send(li, to, 700n)).id);
    world.bank.script('credit', 'reply_lost');
    await world.untilEnded((await world.send(li, to, 800n)).id);
    const day = await clearDay();
    expect(await breaksOf(day)).toEqual([]);
    const { day: shown, sums } = await showClearingDay(world.sql, BOOK, day);
    expect(shown).toMatchObject({ state: 'compared', rowsCount: 6, matchedCount: 6 });
    for (const sum of sums)
      expect([sum.fileMinor, sum.ledgerMinor, sum.effectsMinor]).toEqual([sum.legsMinor, sum.legsMinor, 0n]);
    expect(sums.reduce((all, sum) => all + sum.fileMinor, 0n)).toBe(0n);
    await world.checkBooks();
  });

  test('ends a credit that nobody knew: given when the file has it, taken back when later files have not', async () => {
    const li = await payer('ICBC', 10_000_000n);
    const to = { kind: 'own_card', cardId: (await anotherCard(li, 'CMB')).id } as const;
    const silent = (kind: string) => kind === 'credit';
    world.bank.fault = (kind) => (silent(kind) ? 'request_lost' : 'none');
    world.bank.script('credit', 'reply_lost');
    const [given, lost] = [await world.send(li, to, 1100n), await world.send(li, to, 2200n)];
    for (const { id } of [given, lost]) await world.transfers.settle(id, 200);
    expect([(await world.move(given.id)).state, (await world.move(lost.id)).state]).toEqual(['crediting', 'crediting']);
    const days = [await clearDay()];
    expect(await world.untilEnded(given.id)).toMatchObject({ state: 'succeeded' });
    expect((await world.move(lost.id)).state).toBe('crediting');
    // As long as it is sent again, a file of the same day proves nothing.
    for (let n = 0; n < 5 && (await world.move(lost.id)).state === 'crediting'; n++) days.push(await clearDay());
    expect(await world.untilEnded(lost.id)).toMatchObject({ state: 'failed' });
    for (const day of days) expect(await breaksOf(day)).toEqual([]);
    await world.checkBooks();
  });
});

async function anotherCard(of: Payer, bank: 'ICBC' | 'CMB') {
  const { card } = await world.anotherCard(of, bank, 0n);
  institutionOf.set(card.last4, world.deps.desk.institutionOf(bank) ?? '');
  return card;
}
