import { isId, newId } from '../base/id.ts';
import { IDEMPOTENCY_KEY_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Session } from '../users/users.ts';
import { isReachable } from './card-of-order.ts';
import type { Engine } from './engine.ts';
import type { MoveResult } from './move-batch.ts';
import type { QuoteRow } from './quote-row.ts';

/**
 * Records every part of a quote with its limits, uses up the proof, and sets out. The same key again answers the same moves; another key
 * is declined. @throws Refusal `not_found`, `quote_expired`, `quote_used`, `quote_bound`, `idempotency_key_reused`, `step_up_required`, `step_up_invalid`,
 * `card_not_usable`, `payee_not_found`, `limit_exceeded`: then nothing has moved and nothing is reserved
 */
export async function confirmQuote(
  engine: Engine,
  session: Session,
  input: { quoteId: string; proof: string | null; key: string },
): Promise<MoveResult> {
  const { deps, lane, walker } = engine;
  if (!/^[\x21-\x7e]+$/.test(input.key) || input.key.length > IDEMPOTENCY_KEY_CHARS_MAX)
    throw new Refusal('idempotency_key_invalid', 'a key has 1 to 255 printable characters without blanks');
  const quote = isId('quo', input.quoteId) ? await engine.quote(input.quoteId) : undefined;
  if (quote === undefined || quote.userId !== session.userId || quote.book !== session.book)
    throw new Refusal('not_found', 'there is no such quote');
  // Confirmed otherwise the money would move, and what it was asked for would not know of it.
  if (quote.boundKey !== null && quote.boundKey !== input.key)
    throw new Refusal('quote_bound', 'this quote belongs to something else that is paid, and is confirmed there');
  if (quote.confirmedAt === null) await checkCards(engine, quote);
  const stamps = await deps.desk.stamps(quote.parts.length);
  const parts = stamps.map((stamp) => ({ id: newId('tr', deps, quote.book), stamp }));
  const result = await lane.submit({ kind: 'confirm', session, ...input, parts });
  walker.setOut(result);
  return result;
}

/** Between quote and confirmation a card may have been unbound, or its bank's route closed. */
async function checkCards(engine: Engine, quote: QuoteRow): Promise<void> {
  const opened = await Promise.all(quote.parts.map((part) => engine.opener.card(part.cardId)));
  if (!opened.every((one) => isReachable(one) && one.card.userId === quote.userId))
    throw new Refusal('card_not_usable', 'a card of this quote is not bound any more, or its bank takes no part', {
      param: 'quote_id',
    });
}
