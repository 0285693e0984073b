import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { connect } from '../src/db/connect.ts';
import { createLedger, type Ledger } from '../src/ledger/ledger.ts';
import type { CreateTransfer } from '../src/ledger/types.ts';
import type { Sample } from './harness.ts';

export const ACCOUNTS = 100_000;
export const BOOK = 1;
/** Where two processes write: what a single writer has in memory stays right. */
export const SHARED_BOOK = 2;

/** Many callers of one ledger, each with one transfer under way at any time. */
export function loadLedger(ledger: Ledger, inFlight: number, seconds: number, hot: boolean): Promise<Sample> {
  return runLoad(inFlight, seconds, async () => {
    const [result] = await ledger.createTransfers([newTransfer(hot)]);
    if (result?.status !== 'created') throw new Error(`the ledger answered ${result?.status}`);
  });
}

export async function openLedger(url: string, book: number, closing: (() => Promise<void>)[]): Promise<Ledger> {
  const sql = connect(url, { connectionsMax: 2, applicationName: 'bench ledger' });
  const ledger = createLedger({ sql, clock: systemClock, log: silentLog, book });
  await ledger.prepareMonths();
  closing.push(async () => {
    await ledger.close();
    await sql.end();
  });
  return ledger;
}

export function accountId(index: number): bigint {
  return (1n << 100n) + BigInt(index);
}

/** As the cashier's: time in front, then book and chance. Uniform between all accounts, or from account 0 to any other. */
export function newTransfer(hot: boolean): CreateTransfer {
  const debit = hot ? 0 : Math.floor(Math.random() * ACCOUNTS);
  const credit = (debit + 1 + Math.floor(Math.random() * (ACCOUNTS - 1))) % ACCOUNTS;
  return {
    id: newTransferId(),
    debitAccountId: accountId(debit),
    creditAccountId: accountId(credit),
    amount: 100n,
    ledger: 156,
    code: 1,
    flags: 0,
  };
}

const chance = { bytes: Buffer.alloc(0), used: 0 };

function newTransferId(): bigint {
  if (chance.used === chance.bytes.length) Object.assign(chance, { bytes: systemRandom.bytes(7168), used: 0 });
  const random = chance.bytes.readUIntBE(chance.used, 6);
  chance.used += 7;
  return (BigInt(Date.now()) << 80n) | (BigInt(BOOK) << 64n) | (BigInt(random) << 16n) | BigInt(chance.used & 0xffff);
}

/** `inFlight` callers, each with one call under way at any time. The first second does not count. */
export async function runLoad(inFlight: number, seconds: number, call: () => Promise<void>): Promise<Sample> {
  const latenciesMs: number[] = [];
  const start = performance.now() + 1000;
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let sentAt = performance.now(); sentAt < end; ) {
        await call();
        const now = performance.now();
        if (now >= start && now < end) latenciesMs.push(now - sentAt);
        sentAt = now;
      }
    }),
  );
  return { perSecond: latenciesMs.length / seconds, latenciesMs };
}
