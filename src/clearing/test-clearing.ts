import { freshDatabase } from '../../test/database.ts';
import type { ClearedRow, DayFileReply } from '../bank/rail.ts';
import { CardNumber } from '../base/card-number.ts';
import { ManualClock } from '../base/clock.ts';
import { newId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { Sql } from '../db/connect.ts';
import { chartAccount, chartAccountId, transferCode } from '../ledger/chart.ts';
import { createLedger, type Ledger } from '../ledger/ledger.ts';
import type { CreateTransfer } from '../ledger/types.ts';
import { money } from '../money/money.ts';
import { postingIdOf } from '../transfers/postings.ts';
import { settlementDayOf } from '../transfers/settlement-day.ts';
import type { LegRecord } from '../transfers/transfers.ts';
import { advanceDay } from './advance-day.ts';
import { claimDueDay } from './clearing-day-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { planDays } from './plan-days.ts';
import { listClearingBreaks, type ShownClearingBreak, showClearingDay } from './read-clearing.ts';
import { toStampTime } from './row-facts.ts';

/* A switch's files and our legs, both as a test says; the real ledger and tables. */

export const BOOK = 1;
export const ICBC = '01020000';
export const CMB = '03080000';

export interface ClearingWorld {
  sql: Sql;
  /** Of the database, for code that connects by itself. */
  url: string;
  clock: ManualClock;
  ledger: Ledger;
  deps: ClearingDeps;
  /** By day; a day without one is not ready. */
  files: Map<string, DayFileReply>;
  legs: LegRecord[];
  learned: { moveId: string; side: string; isDone: boolean; settlementDay: string }[];
  goTo(instant: string): void;
  /** A leg of a new move at this moment; approved on the day of the switch, and booked, unless said otherwise. */
  leg(change?: Partial<Omit<LegRecord, 'amount'>> & { minor?: bigint; isBooked?: boolean }): Promise<LegRecord>;
  /** Posts what a leg did, on that day of the switch. */
  book(leg: LegRecord, what: 'debit' | 'credit' | 'reversal', day: string): Promise<void>;
  /** The row by which the switch tells of a leg. */
  row(leg: LegRecord, change?: Partial<ClearedRow> & { minor?: bigint }): ClearedRow;
  file(day: string, rows: readonly ClearedRow[]): void;
  /** Plans and works off what is due. */
  work(deps?: ClearingDeps): Promise<void>;
  breaks(day: string): Promise<ShownClearingBreak[]>;
  /** Breaks as `kind cause`, then the sums that do not agree. */
  told(day: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openClearingWorld(start = '2026-11-23T04:00:00Z'): Promise<ClearingWorld> {
  const database = await freshDatabase();
  const { sql } = database;
  const clock = new ManualClock(new Date(start));
  const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
  await ledger.prepareMonths();
  await ledger.createAccounts([
    chartAccount('bank_clearing', ICBC, 'CNY', BOOK),
    chartAccount('bank_clearing', CMB, 'CNY', BOOK),
    chartAccount('transit', 'platform', 'CNY', BOOK),
  ]);
  // Others have money in between, so that a credit may come without its debit.
  await ledger.createTransfers([posting(99n << 8n, CMB, 'debit', 10n ** 12n, 20_000_101)]);
  const files = new Map<string, DayFileReply>();
  const legs: LegRecord[] = [];
  const learned: ClearingWorld['learned'] = [];
  const deps: ClearingDeps = {
    sql,
    clock,
    random: systemRandom,
    log: silentLog,
    ledger,
    desk: {
      rail: {
        reconcile: async (day: string) => files.get(day) ?? { kind: 'not_ready' },
      } as ClearingDeps['desk']['rail'], // the one thing that clearing asks a rail
      banks: () => [
        { bank: 'ICBC', institution: ICBC },
        { bank: 'CMB', institution: CMB },
      ],
    },
    transfers: {
      async legsOfDay(_book, day, after, itemsMax) {
        const name = (leg: LegRecord): string => `${leg.moveId} ${leg.side}`;
        const found = legs
          .filter((leg) => leg.settlementDay === day || (isOpen(leg) && settlementDayOf(leg.transmittedAt) <= day))
          .filter((leg) => after === null || name(leg) > after)
          .sort((a, b) => (name(a) < name(b) ? -1 : 1));
        const page = found.slice(0, itemsMax);
        const last = page.at(-1);
        return { legs: page, next: last !== undefined && found.length > page.length ? name(last) : null };
      },
      async findLegs(_book, _day, stamps) {
        const wanted = new Set(stamps.map((one) => `${one.transmittedAt} ${one.stan}`));
        return legs.filter((leg) => wanted.has(`${toStampTime(leg.transmittedAt)} ${leg.stan}`));
      },
      async learn(_book, items) {
        learned.push(...items);
        for (const { moveId, side, isDone, settlementDay } of items) {
          const leg = legs.find((one) => one.moveId === moveId && one.side === side);
          if (leg === undefined || !isOpen(leg)) continue;
          leg.state = isDone ? 'approved' : 'refused';
          if (isDone) leg.settlementDay = settlementDay;
          if (isDone) await world.book(leg, side, settlementDay);
        }
      },
    },
  };
  let count = 0;
  const world: ClearingWorld = {
    sql,
    url: database.url,
    clock,
    ledger,
    deps,
    files,
    legs,
    learned,
    goTo: (instant) => clock.advanceMs(new Date(instant).getTime() - clock.now().getTime()),
    async leg({ minor = 12_345n, isBooked = true, ...change } = {}) {
      count += 1;
      clock.advanceMs(1000);
      const leg: LegRecord = {
        moveId: newId('tr', deps, BOOK),
        side: 'debit',
        state: 'approved',
        stan: String(count).padStart(6, '0'),
        transmittedAt: clock.now(),
        rrn: String(count).padStart(12, '7'),
        cardId: 'card_1',
        last4: '1234',
        issuer: ICBC,
        amount: money('CNY', minor),
        settlementDay: settlementDayOf(clock.now()),
        ...change,
      };
      legs.push(leg);
      if (isBooked && leg.settlementDay !== null) await world.book(leg, leg.side, leg.settlementDay);
      return leg;
    },
    async book(leg, what, day) {
      const id = postingIdOf(leg.moveId, what);
      const [made] = await ledger.createTransfers([
        posting(id, leg.issuer, what, leg.amount.minor, Number(day.replaceAll('-', ''))),
      ]);
      if (made?.status !== 'created') throw new Error(`not booked: ${made?.status}`);
    },
    row(leg, { minor = leg.amount.minor, ...change } = {}) {
      const card = CardNumber.read(`620058000000${leg.last4}`);
      if (card === null) throw new Error('not a number');
      return {
        stan: leg.stan,
        transmittedAt: toStampTime(leg.transmittedAt),
        rrn: leg.rrn,
        card,
        amount: money('CNY', minor),
        messageType: '0200',
        processing: leg.side === 'debit' ? '460000' : '470000',
        issuer: leg.issuer,
        responseCode: '00',
        ...change,
      };
    },
    file: (day, rows) => void files.set(day, { kind: 'file', rows: [...rows] }),
    async work(with_ = deps) {
      await planDays(with_, BOOK);
      for (;;) {
        const now = clock.now();
        const [day] = await claimDueDay(sql, BOOK, now, new Date(now.getTime() + 900_000));
        if (day === undefined) return;
        await advanceDay(with_, day);
      }
    },
    close: () => database.close(),
    async breaks(day) {
      return (await listClearingBreaks(sql, { book: BOOK, day, state: null, after: null, itemsMax: 1000 })).breaks;
    },
    async told(day) {
      const { sums } = await showClearingDay(sql, BOOK, day);
      const odd = sums
        .filter((sum) => sum.fileMinor !== sum.legsMinor || sum.legsMinor !== sum.ledgerMinor)
        .map((sum) => `${sum.issuer}: ${sum.fileMinor} ${sum.legsMinor} ${sum.ledgerMinor} ${sum.effectsMinor}`);
      return [...(await world.breaks(day)).map((one) => `${one.kind} ${one.cause}`).sort(), ...odd];
    },
  };
  await planDays(deps, BOOK);
  return world;
}

function isOpen(leg: LegRecord): boolean {
  return leg.state === 'sent' || leg.state === 'unknown' || (leg.state === 'reversing' && leg.settlementDay === null);
}

/** As transfers/ books a leg: bank clearing against the money in between. */
function posting(
  id: bigint,
  issuer: string,
  what: 'debit' | 'credit' | 'reversal',
  amount: bigint,
  userData32: number,
): CreateTransfer {
  const clearing = chartAccountId('bank_clearing', issuer, 'CNY', BOOK);
  const transit = chartAccountId('transit', 'platform', 'CNY', BOOK);
  const reason = what === 'reversal' ? 'card_debit_reversed' : what === 'debit' ? 'card_debited' : 'card_credited';
  const [debitAccountId, creditAccountId] = what === 'debit' ? [clearing, transit] : [transit, clearing];
  return { id, debitAccountId, creditAccountId, amount, ledger: 156, code: transferCode(reason), flags: 0, userData32 };
}
