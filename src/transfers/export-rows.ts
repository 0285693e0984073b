import { addMoney, formatMinor, type Money } from '../money/money.ts';
import type { Move, PartyView } from './transfers.ts';

/** What an export has to know of a person's own cards; cards that are gone stay in it. */
export interface ExportCard {
  cardId: string;
  /** `ICBC` */
  bank: string;
  last4: string;
  isCredit: boolean;
}

/** Printable text of one line: whatever would end a line, or cannot be seen, is a blank. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ').trim();
}

/** Whom it went to or came from, as people may see it. */
export function showParty(party: PartyView | null): string {
  if (party === null) return '';
  const card = party.last4 === '' ? party.bank : `${party.bank} ${party.last4}`.trim();
  return oneLine(party.nameMasked === '' ? card : card === '' ? party.nameMasked : `${party.nameMasked} ${card}`);
}

/** What left the paying card: the amount and its fee. */
export function outgoing(move: Move): Money {
  return addMoney(move.amount, move.fee);
}

/** `2026-11-23 12:00:00` in Asia/Shanghai. */
export function localTime(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** When the money moved, as far as it has. */
export function movedAt(move: Move): Date {
  return move.endedAt ?? move.createdAt;
}

export function negative(amount: Money): string {
  return amount.minor === 0n ? formatMinor(amount) : `-${formatMinor(amount)}`;
}
