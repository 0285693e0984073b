import { isLimitRule, LIMIT_RULES } from '../limits/limit-rules.ts';
import type { LimitKind, PurchaseGrade, Reservation } from '../limits/limits.ts';
import type { Session } from '../users/users.ts';
import type { LimitLine } from './api.ts';
import type { AppDeps } from './app-deps.ts';
import { listOwnCards } from './own-card.ts';
import { showLimit } from './show.ts';

/** What may move, and how it is proved: each has rules of its own. */
const WAYS: readonly { kind: LimitKind; grade: PurchaseGrade | null }[] = [
  { kind: 'transfer', grade: null },
  { kind: 'repayment', grade: null },
  { kind: 'purchase', grade: 'A' },
  { kind: 'purchase', grade: 'B' },
  { kind: 'purchase', grade: 'C' },
];

/** Every limit that concerns this person and their cards, each once: what counts, what is used and held, and when it begins anew. */
export async function listLimits(deps: AppDeps, session: Session): Promise<LimitLine[]> {
  const { sql, clock, limits } = deps;
  const at = clock.now();
  const cards = await listOwnCards(deps, session);
  const asked = cards.flatMap((card) =>
    WAYS.filter((way) => card.kind === 'debit' || way.kind === 'purchase').map(
      (way): Omit<Reservation, 'id' | 'amount'> => ({
        book: session.book,
        userId: session.userId,
        cardId: card.id,
        bank: card.bank,
        accountClass: card.accountClass,
        ...way,
        targetCardId: null,
        targetClass: null,
        at,
        deviceIsNew: session.deviceIsNew,
      }),
    ),
  );
  const left = await limits.left(sql, asked);
  const lines = new Map<string, LimitLine>();
  for (const [index, list] of left.entries()) {
    for (const each of list) {
      const line = showLimit(each, asked[index]?.cardId ?? null);
      const name = `${line.rule} ${line.card_id ?? ''}`;
      if (!lines.has(name)) lines.set(name, line);
    }
  }
  return [...lines.values()].sort((a, b) => rankOf(a) - rankOf(b));
}

/** Those of the person first, then card by card, as they were asked. */
function rankOf(line: LimitLine): number {
  if (line.card_id === null) return 0;
  return isLimitRule(line.rule) && LIMIT_RULES[line.rule].isHolders ? 1 : 2;
}
