import type { Balance, Card } from '../api.ts';
import { fenOf } from './money.ts';

export interface Total {
  /** What the debit cards hold whose banks have answered in this round, in fen. */
  fen: bigint;
  /** Debit cards in the sum, and in all. */
  answered: number;
  debitCards: number;
  /** Cards whose bank did not answer or refused; debit and credit. They are not in the sum. */
  missing: Card[];
  /** Cards whose bank has not answered yet. */
  waiting: Card[];
  /** When the oldest figure in the sum was true; null for none. */
  oldestAt: string | null;
  /** What the bills of the credit cards ask for, in fen, and the nearest due day among them. */
  owedFen: bigint;
  nextDueDay: string | null;
}

/**
 * One figure over all cards that claims no more than the banks have said: a card without an answer is left out and named, and what was known of it
 * before is never added.
 */
export function addUp(cards: readonly Card[], balances: ReadonlyMap<string, Balance>): Total {
  const total: Total = {
    fen: 0n,
    answered: 0,
    debitCards: 0,
    missing: [],
    waiting: [],
    oldestAt: null,
    owedFen: 0n,
    nextDueDay: null,
  };
  for (const card of cards) {
    const balance = balances.get(card.card_id);
    if (isDebit(card)) total.debitCards += 1;
    if (balance === undefined) total.waiting.push(card);
    else if (balance.state !== 'answered') total.missing.push(card);
    else if (isDebit(card)) {
      total.fen += fenOf(balance.available);
      total.answered += 1;
      if (total.oldestAt === null || balance.at < total.oldestAt) total.oldestAt = balance.at;
    } else if (balance.bill !== null && fenOf(balance.bill.amount) > 0n) {
      total.owedFen += fenOf(balance.bill.amount);
      if (total.nextDueDay === null || balance.bill.due_day < total.nextDueDay) total.nextDueDay = balance.bill.due_day;
    }
  }
  return total;
}

export function isDebit(card: Pick<Card, 'kind'>): boolean {
  return card.kind === 'debit' || card.kind === 'prepaid';
}
