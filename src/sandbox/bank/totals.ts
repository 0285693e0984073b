import { settledAccount } from './bank-books.ts';
import type { World } from './world.ts';
import type { Act } from './world-event.ts';

/** What stood in the end between one member and one bank on one settlement day. */
export interface MemberTotal {
  institution: string;
  bank: string;
  day: string;
  /** Taken from holders: purchases and transfers out. */
  debits: number;
  debitFen: bigint;
  /** Given to holders: transfers in and refunds. */
  credits: number;
  creditFen: bigint;
  /** Debits given back, on this day, whenever they were taken. */
  reversals: number;
  reversalFen: bigint;
  /** What the bank owes the member for the day: debits less credits less reversals. */
  netFen: bigint;
}

/** Everything that the acts say, added up once more from the beginning. */
export function addTotals(world: World, institution?: string): MemberTotal[] {
  const totals = new Map<string, MemberTotal>();
  const reversed = new Set<string>();
  for (const act of world.acts.values()) {
    if (act.code !== '00' || (institution !== undefined && act.institution !== institution)) continue;
    const key = `${act.institution} ${act.bank} ${act.day}`;
    const total = totals.get(key) ?? newTotal(act);
    totals.set(key, total);
    if (act.operation === 'reversal') {
      if (act.original === null || reversed.has(act.original)) continue;
      reversed.add(act.original);
      total.reversals++;
      total.reversalFen += act.amountFen;
      total.netFen -= act.amountFen;
    } else if (act.operation === 'purchase' || act.operation === 'transfer_out') {
      total.debits++;
      total.debitFen += act.amountFen;
      total.netFen += act.amountFen;
    } else {
      total.credits++;
      total.creditFen += act.amountFen;
      total.netFen -= act.amountFen;
    }
  }
  return [...totals.values()];
}

function newTotal({ institution, bank, day }: Act): MemberTotal {
  const nothing = { debits: 0, debitFen: 0n, credits: 0, creditFen: 0n, reversals: 0, reversalFen: 0n, netFen: 0n };
  return { institution, bank, day, ...nothing };
}

/** Every bank's books sum to zero, and what they say is owed to members is what the acts say. */
export function isWorldBalanced(world: World): boolean {
  const owed = new Map<string, bigint>();
  for (const { bank, institution, netFen } of addTotals(world)) {
    const key = `${bank} ${institution}`;
    owed.set(key, (owed.get(key) ?? 0n) + netFen);
  }
  for (const [bank, books] of world.books) {
    if (!books.isBalanced()) return false;
    for (const institution of world.members.keys()) {
      const inBooks = books
        .accounts()
        .filter(
          ({ account }) => account.startsWith(`clearing:${institution}:`) || account === settledAccount(institution),
        )
        .reduce((sum, { fen }) => sum + fen, 0n);
      if (-inBooks !== (owed.get(`${bank} ${institution}`) ?? 0n)) return false;
    }
  }
  return true;
}
