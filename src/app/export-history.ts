import { assertNever } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import type { Card } from '../cards/cards.ts';
import { addDays, isDay, shanghaiMidnight } from '../base/shanghai.ts';
import { exportBeancount } from '../transfers/export-beancount.ts';
import { exportCsv } from '../transfers/export-csv.ts';
import { exportOfx, type OfxStatement } from '../transfers/export-ofx.ts';
import type { ExportCard } from '../transfers/export-rows.ts';
import type { Move } from '../transfers/transfers.ts';
import type { Session } from '../users/users.ts';
import type { AppDeps } from './app-deps.ts';

export interface ExportWish {
  format: 'csv' | 'ofx' | 'beancount';
  /** Days of Asia/Shanghai, both of them in it. */
  from: string;
  to: string;
  cardId: string | null;
}

/** Longer than any bank keeps its pages, and still an end. */
const EXPORT_DAYS_MAX = 5 * 366;
const PAGE_ITEMS = 100;

/**
 * A person's history as a file, piece by piece: never more in memory than a page. Cards that are gone stay in it by their last digits.
 * @throws Refusal `invalid_request`, `not_found` (another person's card)
 */
export async function exportHistory(
  deps: AppDeps,
  session: Session,
  wish: ExportWish,
): Promise<{ type: string; name: string; parts: AsyncIterable<string> }> {
  if (!isDay(wish.from) || !isDay(wish.to) || wish.from > wish.to)
    throw new Refusal('invalid_request', 'two days, the first not after the last', { param: 'from' });
  if (addDays(wish.from, EXPORT_DAYS_MAX) < wish.to)
    throw new Refusal('invalid_request', 'that is too long at once', { param: 'from', days_max: EXPORT_DAYS_MAX });
  const all = await deps.cards.list(deps.sql, session.book, session.userId);
  const chosen = wish.cardId === null ? all : all.filter((card) => card.id === wish.cardId);
  if (wish.cardId !== null && chosen.length === 0)
    throw new Refusal('not_found', 'there is no such card', { param: 'card_id' });
  const cards = all.map(toExportCard);
  const [from, to] = [shanghaiMidnight(wish.from), shanghaiMidnight(addDays(wish.to, 1))];
  const moves = (cardId: string | null) => movesBetween(deps, session, { from, to, cardId });
  const name = `hutong-${wish.from}-${wish.to}`;
  const { lang } = session;
  switch (wish.format) {
    case 'csv':
      return {
        type: 'text/csv; charset=utf-8',
        name: `${name}.csv`,
        parts: exportCsv(moves(wish.cardId), { lang, cards }),
      };
    case 'beancount':
      return {
        type: 'text/plain; charset=utf-8',
        name: `${name}.beancount`,
        parts: exportBeancount(moves(wish.cardId), { from, cards }),
      };
    case 'ofx': {
      const statements = statementsOf(deps, session, chosen, (card) => moves(card.id));
      const parts = exportOfx(statements, { from, to, now: deps.clock.now(), lang });
      return { type: 'application/x-ofx', name: `${name}.ofx`, parts };
    }
    default:
      return assertNever(wish.format);
  }
}

/** One statement for each card, with the balance that is known. A bank that does not answer leaves it out. */
async function* statementsOf(
  deps: AppDeps,
  session: Session,
  cards: readonly Card[],
  movesOf: (card: Card) => AsyncIterable<Move>,
): AsyncGenerator<OfxStatement> {
  const balances = await deps.cards.balances(session, { isFresh: false });
  for (const card of cards) {
    const told = balances.find((balance) => balance.cardId === card.id);
    const known = told?.kind === 'answered' ? { amount: told.ledger, at: told.at } : null;
    yield { card: toExportCard(card), moves: movesOf(card), balance: known };
  }
}

function toExportCard(card: Card): ExportCard {
  return { cardId: card.id, bank: card.bank, last4: card.last4, isCredit: card.kind !== 'debit' };
}

/** From new to old, month by month and page by page. */
async function* movesBetween(
  deps: AppDeps,
  session: Session,
  wish: { from: Date; to: Date; cardId: string | null },
): AsyncGenerator<Move> {
  for (const month of monthsBetween(wish.from, wish.to)) {
    let cursor: string | null = null;
    do {
      const filter = { text: null, kind: null, cardId: wish.cardId, month, cursor, itemsMax: PAGE_ITEMS };
      const page: { moves: Move[]; nextCursor: string | null } = await deps.transfers.list(session, filter);
      yield* page.moves.filter(({ createdAt }) => createdAt >= wish.from && createdAt < wish.to);
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}

/** `2026-11`, `2026-10`, … of Asia/Shanghai, the newest first. */
export function monthsBetween(from: Date, to: Date): string[] {
  const monthOf = (at: Date): number => {
    const local = new Date(at.getTime() + 8 * 3_600_000); // UTC+8 the year round
    return local.getUTCFullYear() * 12 + local.getUTCMonth();
  };
  const [first, last] = [monthOf(from), monthOf(new Date(to.getTime() - 1))];
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const month = last - index;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}
