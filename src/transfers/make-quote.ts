import { newId } from '../base/id.ts';
import {
  CARD_BALANCE_KEPT_SECONDS,
  ORDINARY_ARRIVAL_MINUTES,
  QUOTE_PARTS_MAX,
  QUOTE_SECONDS,
  QUOTE_SOURCES_MAX,
  TRANSFER_MINOR_MAX,
  TRANSFER_NOTE_CHARS_MAX,
} from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Card, CardBalance } from '../cards/cards.ts';
import type { LimitLeft } from '../limits/limits.ts';
import { addDays, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import { money } from '../money/money.ts';
import { levelFor } from '../users/proof-levels.ts';
import type { Session } from '../users/users.ts';
import { endOfCard, isReachable, type ReachableCard } from './card-of-order.ts';
import type { Engine } from './engine.ts';
import { planRoute, type Route, type RouteSource } from './plan-route.ts';
import type { QuotePart, QuoteRow } from './quote-row.ts';
import { hasMovedSince } from './recent-move-store.ts';
import { addSeconds } from './repeat-schedule.ts';
import { readNote } from './read-note.ts';
import { type ResolvedPayee, resolvePayee } from './resolve-payee.ts';
import { showQuote } from './show-quote.ts';
import type { Arrival, Quote, QuoteInput } from './transfers.ts';

/** From this on a first payment to somebody is better made to arrive later: 30,000.00. */
const LATER_ARRIVAL_MINOR = 3_000_000n;

/** One card that may pay, opened, with what is left for it. */
interface Source {
  opened: ReachableCard;
  left: LimitLeft[];
}

/**
 * Who pays whom how much from which cards, and when it arrives; written down and good for five minutes. Nothing is reserved.
 * @throws Refusal `invalid_request`, `not_found`, `card_not_usable`, `no_route` (why not, and how much would be possible), and those of the payee
 */
export async function makeQuote(engine: Engine, session: Session, input: QuoteInput): Promise<Quote> {
  const { deps } = engine;
  const note = checkInput(input);
  const payee = await resolvePayee(engine, session, input);
  const cards = await findSources(engine, session, input, payee);
  const sources = await addLeft(engine, session, input, payee, cards);
  const route = planRoute({
    kind: input.kind,
    amount: input.amount.minor,
    sources: await toRouteSources(engine, session, input, sources),
    userLeft: ofSubject(sources, 'user'),
    targetLeft: ofSubject(sources, 'target_card'),
    partsMax: QUOTE_PARTS_MAX,
  });
  if (route.kind === 'none') throw noRoute(route);
  const now = deps.clock.now();
  const { quoted, isNew } = payee;
  const row: QuoteRow = {
    book: session.book,
    id: newId('quo', deps, session.book),
    userId: session.userId,
    kind: input.kind,
    amountMinor: input.amount.minor,
    arrival: input.arrival,
    arrivesAt: arrivesAt(input.arrival, now),
    ...quoted,
    parts: route.parts.map((part) => toPart(sources, part)),
    note,
    explanation: route.explanation,
    level: levelFor({
      kind: input.kind,
      amount: input.amount,
      deviceIsNew: session.deviceIsNew,
      payeeIsNew: isNew,
      byPaymentCode: false,
    }),
    advice:
      isNew && input.arrival === 'instant' && input.amount.minor > LATER_ARRIVAL_MINOR ? 'choose_later_arrival' : null,
    createdAt: now,
    expiresAt: addSeconds(now, QUOTE_SECONDS),
    confirmedAt: null,
    confirmedKey: null,
    boundKey: input.boundKey ?? null,
  };
  await engine.quotes.submit(row);
  return showQuote(
    row,
    row.parts.map((part) => sources.find(({ opened }) => opened.card.id === part.cardId)?.left ?? []),
  );
}

/** Answers the note as it is kept. */
function checkInput(input: QuoteInput): string {
  const { amount, fromCardIds } = input;
  if (amount.currency !== 'CNY' || amount.minor < 1n || amount.minor > TRANSFER_MINOR_MAX)
    throw invalid('amount', 'an amount is 0.01 to 9,999,999,999.99 yuan');
  if (!['instant', 'ordinary', 'next_day'].includes(input.arrival))
    throw invalid('arrival', 'money arrives instant, ordinary or next_day');
  if (fromCardIds !== null && (fromCardIds.length < 1 || fromCardIds.length > QUOTE_SOURCES_MAX))
    throw invalid('from_card_ids', `choose 1 to ${QUOTE_SOURCES_MAX} cards, or none`);
  if (fromCardIds !== null && new Set(fromCardIds).size < fromCardIds.length)
    throw invalid('from_card_ids', 'each card once');
  const note = readNote(input.note);
  if (note === null) throw invalid('note', `a note has at most ${TRANSFER_NOTE_CHARS_MAX} characters on one line`);
  return note;
}

/** The debit cards that may pay: those that were chosen, or all; never the card that is paid. */
async function findSources(
  engine: Engine,
  session: Session,
  input: QuoteInput,
  payee: ResolvedPayee,
): Promise<ReachableCard[]> {
  const cards = await engine.cardsOf(session.userId);
  const chosen = input.fromCardIds === null ? usable(cards) : input.fromCardIds.map((id) => findChosen(cards, id));
  const opened = (await Promise.all(chosen.map((card) => engine.opener.card(card.id)))).filter(isReachable);
  const others = opened.filter(
    ({ card, number }) => card.id !== payee.quoted.toCardId && !(payee.number !== null && number.equals(payee.number)),
  );
  // Of a phone number nothing is said, not even that it leads to the same card; then that card simply does not pay.
  if (input.fromCardIds !== null && others.length < opened.length && payee.isTargetOpen)
    throw invalid('from_card_ids', 'money does not go from a card to itself');
  if (others.length === 0)
    throw new Refusal('card_not_usable', 'there is no debit card that could pay this', { param: 'from_card_ids' });
  return others;
}

function usable(cards: readonly Card[]): Card[] {
  return cards.filter((card) => card.kind === 'debit' && card.state === 'bound').slice(0, QUOTE_SOURCES_MAX);
}

function findChosen(cards: readonly Card[], id: string): Card {
  const card = cards.find((one) => one.id === id);
  if (card === undefined) throw new Refusal('not_found', 'there is no such card', { param: 'from_card_ids' });
  if (card.state !== 'bound')
    throw new Refusal('card_not_usable', 'the card is not bound any more', { param: 'from_card_ids' });
  if (card.kind !== 'debit')
    throw new Refusal('card_not_usable', 'only a debit card can pay this', { param: 'from_card_ids' });
  return card;
}

async function addLeft(
  engine: Engine,
  session: Session,
  input: QuoteInput,
  payee: ResolvedPayee,
  cards: readonly ReachableCard[],
): Promise<Source[]> {
  const at = engine.deps.clock.now();
  const left = await engine.left(
    cards.map(({ card }) => ({
      book: session.book,
      userId: session.userId,
      cardId: card.id,
      bank: card.bank,
      accountClass: card.accountClass,
      kind: input.kind,
      targetCardId: payee.isTargetOpen ? payee.quoted.toTargetId : null,
      targetClass: payee.isTargetOpen ? payee.quoted.toClass : null,
      grade: null,
      at,
      deviceIsNew: session.deviceIsNew,
    })),
  );
  return cards.map((opened, index) => ({ opened, left: left[index] ?? [] }));
}

/** What is kept for some seconds will do, unless money has moved since: a card that was just emptied would be chosen again. */
async function readBalances({ deps }: Engine, session: Session): Promise<CardBalance[]> {
  const since = addSeconds(deps.clock.now(), -CARD_BALANCE_KEPT_SECONDS);
  return await deps.cards.balances(session, { isFresh: await hasMovedSince(deps.sql, session, since) });
}

/** A single card that somebody chose is not asked for its balance first: its bank decides. Several are, to choose well. */
async function toRouteSources(
  engine: Engine,
  session: Session,
  input: QuoteInput,
  sources: readonly Source[],
): Promise<RouteSource[]> {
  const isChosen = input.fromCardIds?.length === 1;
  const balances = isChosen ? [] : await readBalances(engine, session);
  return sources.map(({ opened: { card }, left }) => {
    const told = balances.find((balance) => balance.cardId === card.id);
    const available =
      told?.kind === 'answered'
        ? told.available.minor
        : told?.kind === 'refused'
          ? 0n
          : isChosen
            ? input.amount.minor
            : null;
    return {
      cardId: card.id,
      label: { 'zh-CN': `${card.bankName['zh-CN']} ${card.last4}`, en: `${card.bankName.en} ${card.last4}` },
      isDefault: card.isDefault,
      available,
      left,
    };
  });
}

function ofSubject(sources: readonly Source[], subject: LimitLeft['subject']): LimitLeft[] {
  return (sources[0]?.left ?? []).filter((line) => line.subject === subject);
}

function toPart(sources: readonly Source[], part: { cardId: string; amount: bigint }): QuotePart {
  const source = sources.find(({ opened }) => opened.card.id === part.cardId);
  if (source === undefined) throw new Error('assertion failed: a route goes over the cards that were given');
  const end = endOfCard(source.opened);
  return {
    cardId: part.cardId,
    bank: end.bank,
    institution: end.institution,
    accountClass: source.opened.card.accountClass,
    last4: end.last4,
    nameMasked: end.nameMasked,
    amountMinor: part.amount,
  };
}

function arrivesAt(arrival: Arrival, now: Date): Date {
  if (arrival === 'ordinary') return addSeconds(now, ORDINARY_ARRIVAL_MINUTES * 60);
  return arrival === 'next_day' ? shanghaiMidnight(addDays(shanghaiDay(now), 1)) : now;
}

function noRoute(route: Extract<Route, { kind: 'none' }>): Refusal {
  return new Refusal('no_route', route.why.en, {
    param: 'amount',
    why_zh: route.why['zh-CN'],
    why_en: route.why.en,
    reachable_minor: money('CNY', route.reachable).minor.toString(),
  });
}

function invalid(param: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param, in: 'body' });
}
