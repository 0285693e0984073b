import { setTimeout as sleep } from 'node:timers/promises';
import { assertNever } from '../base/assert.ts';
import { CARD_BALANCE_ASKS_PER_DAY_MAX, CARD_BALANCE_KEPT_SECONDS } from '../base/limits.ts';
import type { CardBill, EnquireReply, Stamp } from '../bank/rail.ts';
import { shanghaiDay } from '../base/shanghai.ts';
import { type Money, money } from '../money/money.ts';
import type { Session } from '../users/users.ts';
import {
  type BalanceRow,
  lockBalanceRows,
  readBalanceRow,
  updateAnswers,
  updateAsked,
  updateAsking,
} from './balance-store.ts';
import { type CardRow, listBoundCards } from './card-store.ts';
import type { CardBalance, OpenedCard } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';
import { openCardRows } from './read-cards.ts';

/** A lease on asking outlasts the deadline by so much; after that another node may ask. */
const ASKING_SLACK_MS = 2000;
/** How often somebody who waits for another node's answer looks. */
const LOOK_MS = 50;

/**
 * Asks the banks of all bound cards at once. Each has a deadline of its own, is told of as soon as it answers and is never asked twice at the
 * same time; one that is slow, dead or asked too often today is told with what it said last, and when.
 */
export async function readBalances(
  deps: CardsDeps,
  session: Session,
  options: { isFresh: boolean; tell?: (balance: CardBalance) => void },
): Promise<CardBalance[]> {
  const wantedAt = deps.clock.now();
  const rows = await listBoundCards(deps.sql, session.book, [session.userId]);
  if (rows.length === 0) return [];
  const [plans, opened] = await Promise.all([
    planQuestions(deps, session.book, rows, options.isFresh ? wantedAt : null),
    openCardRows(deps, deps.sql, rows),
  ]);
  const toAsk = rows.filter(({ id }) => plans.get(id)?.step === 'ask');
  const stamps = drawStamps(deps, toAsk.length);
  return Promise.all(
    rows.map(async (row) => {
      const plan = plans.get(row.id) ?? { step: 'spent', kept: null };
      const stampAt = toAsk.indexOf(row);
      const balance = await oneBalance(deps, row, plan, opened.get(row.id), async () => (await stamps)[stampAt]);
      tellSafely(deps, options.tell, balance.told);
      await balance.record?.();
      return balance.told;
    }),
  );
}

/** `ask`: it is our turn. `kept`: what is kept is young enough. `wait`: somebody is asking. `spent`: asked too often today. */
interface Plan {
  step: 'ask' | 'kept' | 'wait' | 'spent';
  kept: BalanceRow | null;
}

/** `freshSince`: only an answer that came after this will do; null for any that is young enough. */
function planQuestion(row: BalanceRow, now: Date, freshSince: Date | null): Plan['step'] {
  if (row.askingUntil !== null && row.askingUntil > now) return 'wait';
  const youngSince = freshSince ?? new Date(now.getTime() - CARD_BALANCE_KEPT_SECONDS * 1000);
  if (row.answeredAt !== null && row.answeredAt > youngSince) return 'kept';
  const askedToday = row.askedDay === shanghaiDay(now) ? row.askedCount : 0;
  return askedToday >= CARD_BALANCE_ASKS_PER_DAY_MAX ? 'spent' : 'ask';
}

async function planQuestions(
  deps: CardsDeps,
  book: number,
  cards: readonly CardRow[],
  freshSince: Date | null,
): Promise<Map<string, Plan>> {
  const now = deps.clock.now();
  const plans = new Map<string, Plan>();
  await deps.sql.begin(async (tx) => {
    const rows = await lockBalanceRows(
      tx,
      book,
      cards.map(({ id }) => id),
    );
    for (const row of rows) plans.set(row.cardId, { step: planQuestion(row, now, freshSince), kept: row });
    const toAsk = rows.filter(({ cardId }) => plans.get(cardId)?.step === 'ask').map(({ cardId }) => cardId);
    const until = new Date(now.getTime() + deps.balanceDeadlineMs + ASKING_SLACK_MS);
    if (toAsk.length > 0) await updateAsking(tx, book, toAsk, { day: shanghaiDay(now), until });
  });
  return plans;
}

interface ToldBalance {
  told: CardBalance;
  /** Written after it was told: nobody waits for it. */
  record?: () => Promise<void>;
}

async function oneBalance(
  deps: CardsDeps,
  card: CardRow,
  plan: Plan,
  opened: OpenedCard | undefined,
  stampOf: () => Promise<Stamp | undefined>,
): Promise<ToldBalance> {
  const now = deps.clock.now();
  switch (plan.step) {
    case 'kept':
    case 'spent':
      return { told: fromKept(card, plan.kept, now) };
    case 'wait':
      return { told: await awaitOther(deps, card, plan.kept) };
    case 'ask': {
      const reply = await enquire(deps, opened, stampOf);
      return { told: toBalance(card, reply, deps.clock.now(), plan.kept), record: () => record(deps, card, reply) };
    }
    default:
      return assertNever(plan.step);
  }
}

/** Never later than the deadline, whatever the rail does. */
async function enquire(
  deps: CardsDeps,
  opened: OpenedCard | undefined,
  stampOf: () => Promise<Stamp | undefined>,
): Promise<EnquireReply> {
  if (opened === undefined) return { kind: 'unknown', why: 'the card does not open' };
  const { number, issuer } = opened;
  if (issuer === null) return { kind: 'unknown', why: 'the bank takes no part any more' };
  const over = new AbortController();
  const ask = async (): Promise<EnquireReply> => {
    const stamp = await stampOf();
    if (stamp === undefined) return { kind: 'unknown', why: 'there was no stamp' };
    return await deps.desk.rail.enquire({ stamp, card: { number, issuer } }, deps.balanceDeadlineMs);
  };
  const late = async (): Promise<EnquireReply> => {
    await sleep(deps.balanceDeadlineMs, undefined, { signal: over.signal }).catch(() => undefined);
    return { kind: 'unknown', why: 'the deadline is over' };
  };
  try {
    return await Promise.race([ask(), late()]);
  } catch (error) {
    deps.log.warn({ error, cardId: opened.card.id }, 'a bank could not be asked for a balance');
    return { kind: 'unknown', why: 'the rail failed' };
  } finally {
    over.abort();
  }
}

async function drawStamps(deps: CardsDeps, count: number): Promise<Stamp[]> {
  return count === 0
    ? []
    : await deps.desk.stamps(count).catch((error: unknown) => {
        deps.log.warn({ error }, 'there were no stamps to ask for balances with');
        return [];
      });
}

/** Another request, perhaps on another node, is asking this bank: what it hears is told here, too. */
async function awaitOther(deps: CardsDeps, card: CardRow, before: BalanceRow | null): Promise<CardBalance> {
  let row = before;
  for (let waitedMs = 0; waitedMs < deps.balanceDeadlineMs; waitedMs += LOOK_MS) {
    await sleep(LOOK_MS);
    row = await readBalanceRow(deps.sql, card.book, card.id);
    if (row === null || row.askingUntil === null) break;
  }
  const isNew = row?.answeredAt?.getTime() !== before?.answeredAt?.getTime();
  const now = deps.clock.now();
  return isNew ? fromKept(card, row, now) : toBalance(card, { kind: 'unknown', why: 'no answer' }, now, row);
}

async function record(deps: CardsDeps, { book, id: cardId }: CardRow, reply: EnquireReply): Promise<void> {
  try {
    if (reply.kind !== 'answered') return await updateAsked(deps.sql, book, cardId);
    const { ledger, available, bill } = reply;
    await updateAnswers(deps.sql, book, [
      {
        cardId,
        answeredAt: deps.clock.now(),
        ledgerMinor: ledger.minor,
        availableMinor: available.minor,
        billMinor: bill?.amount.minor ?? null,
        minimumMinor: bill?.minimum.minor ?? null,
        billedDay: bill?.billedDay ?? null,
        dueDay: bill?.dueDay ?? null,
      },
    ]);
  } catch (error) {
    deps.log.warn({ error, cardId }, 'a balance could not be kept');
  }
}

function toBalance(card: CardRow, reply: EnquireReply, at: Date, kept: BalanceRow | null): CardBalance {
  const base = { cardId: card.id, at, isCached: false };
  switch (reply.kind) {
    case 'answered':
      return { ...base, kind: 'answered', ledger: reply.ledger, available: reply.available, bill: reply.bill };
    case 'refused':
      return { ...base, kind: 'refused', reason: reply.reason };
    case 'unknown':
      return { ...base, kind: 'unknown', last: lastOf(kept) };
    default:
      return assertNever(reply);
  }
}

function fromKept(card: CardRow, kept: BalanceRow | null, now: Date): CardBalance {
  const last = lastOf(kept);
  if (last === null) return { cardId: card.id, at: now, isCached: false, kind: 'unknown', last };
  return { cardId: card.id, isCached: true, kind: 'answered', ...last };
}

function lastOf(kept: BalanceRow | null): { at: Date; ledger: Money; available: Money; bill: CardBill | null } | null {
  if (kept === null || kept.answeredAt === null || kept.ledgerMinor === null || kept.availableMinor === null)
    return null;
  const { billMinor, minimumMinor, billedDay, dueDay } = kept;
  return {
    at: kept.answeredAt,
    ledger: money('CNY', kept.ledgerMinor),
    available: money('CNY', kept.availableMinor),
    bill:
      billMinor === null || minimumMinor === null || billedDay === null || dueDay === null
        ? null
        : { amount: money('CNY', billMinor), minimum: money('CNY', minimumMinor), billedDay, dueDay },
  };
}

/** Somebody who went away meanwhile hides nothing from the others. */
function tellSafely(deps: CardsDeps, tell: ((balance: CardBalance) => void) | undefined, balance: CardBalance): void {
  try {
    tell?.(balance);
  } catch (error) {
    deps.log.warn({ error }, 'a balance could not be told');
  }
}
