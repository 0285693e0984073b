import { newId } from '../base/id.ts';
import { PHONE_LOOK_UPS_PER_DAY_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { CardNumber } from '../base/card-number.ts';
import type { CardKind } from '../cards/cards.ts';
import { isSameName, readPersonName } from '../cards/person-name.ts';
import { addDays, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import { maskName, maskPhone } from '../users/mask.ts';
import { readPhone } from '../users/phone.ts';
import type { Session, UserId } from '../users/users.ts';
import { endOfCard, isReachable } from './card-of-order.ts';
import type { Engine } from './engine.ts';
import { openPayeeRows, placeOf } from './open-payees.ts';
import { findPayees, findPayeesByNumber, insertPayee, type PayeeRow } from './payee-store.ts';
import type { QuoteRow } from './quote-row.ts';
import { countPhoneLookUp } from './quote-store.ts';
import type { Payee, QuoteInput } from './transfers.ts';

/** What a quote says of whom it is to. */
export type QuotedPayee = Pick<
  QuoteRow,
  | 'payeeKind'
  | 'payeeId'
  | 'toUserId'
  | 'toCardId'
  | 'toTargetId'
  | 'toClass'
  | 'toBank'
  | 'toInstitution'
  | 'toLast4'
  | 'toNameMasked'
  | 'shownTo'
>;

/** Whom a quote is to, as far as it is known. */
export interface ResolvedPayee {
  quoted: QuotedPayee;
  /** The number, to see whether a source is the same card; null for a phone number that nobody has. */
  number: CardNumber | null;
  /** No money has gone there yet. */
  isNew: boolean;
  /** What is left for the card that is paid may be looked at and shown: it is the person's own, or named by number. */
  isTargetOpen: boolean;
}

/**
 * @throws Refusal `invalid_request` (a card of the wrong kind, oneself), `card_number_invalid`, `card_not_supported`, `not_found`,
 * `card_not_usable`, `too_many_tries` (phone numbers)
 */
export async function resolvePayee(engine: Engine, session: Session, input: QuoteInput): Promise<ResolvedPayee> {
  const { payee } = input;
  switch (payee.kind) {
    case 'card':
      return await byNumber(engine, session, input.kind, payee);
    case 'known':
      return await byKnown(engine, session, input.kind, payee.payeeId);
    case 'own_card':
      return await byOwnCard(engine, session, input.kind, payee.cardId);
    case 'phone':
      return await byPhone(engine, session, input.kind, payee.phone);
    case 'person':
      return await byPerson(engine, session, input.kind, payee);
  }
  payee satisfies never;
  throw invalidPayee('a payee is a card, one of your cards, a phone number, or one who was paid before');
}

async function byNumber(
  engine: Engine,
  session: Session,
  kind: QuoteInput['kind'],
  payee: Extract<Payee, { kind: 'card' }>,
): Promise<ResolvedPayee> {
  const { deps } = engine;
  const { book, userId } = session;
  const name = readPersonName(payee.name);
  if (name === null) throw invalidPayee('the name of the card’s holder is needed as the bank has it');
  const facts = deps.cards.lookUp(payee.number);
  if (facts === null) throw new Refusal('card_number_invalid', 'no bank is known for this number', { param: 'payee' });
  const institution = deps.desk.institutionOf(facts.bank);
  if (institution === null || !facts.takesPart)
    throw new Refusal('card_not_supported', 'this bank cannot be reached', { param: 'payee' });
  checkKind(kind, facts.kind);
  const known = await openPayeeRows(deps, await findByNumber(engine, session, payee.number));
  const rows = [...known.values()];
  const same = rows.find((one) => isSameName(one.name, name))?.payee;
  const row =
    same ??
    (await recordPayee(engine, {
      book,
      userId,
      number: payee.number,
      name,
      bank: facts.bank,
      institution,
      cardKind: facts.kind,
    }));
  // However many names a number was given, it is one card.
  return ofRow({ ...row, institution }, rows[0]?.payee ?? row, kind, payee.number);
}

async function findByNumber(engine: Engine, { book, userId }: Session, number: CardNumber): Promise<PayeeRow[]> {
  const indexes = engine.deps.vault.indexesOf(number).map(({ index }) => index);
  return await findPayeesByNumber(engine.deps.sql, book, userId, indexes);
}

async function recordPayee(
  engine: Engine,
  facts: Pick<PayeeRow, 'book' | 'bank' | 'institution' | 'cardKind'> & {
    userId: UserId;
    number: CardNumber;
    name: string;
  },
): Promise<PayeeRow> {
  const { sql, clock, vault } = engine.deps;
  const { number, name, ...rest } = facts;
  const id = newId('pye', engine.deps, facts.book);
  const [newest] = vault.indexesOf(number);
  if (newest === undefined) throw new Error('assertion failed: a number has an index');
  return await sql.begin(async (tx) => {
    await vault.prepare(tx, facts.book, [facts.userId]);
    const about = { book: facts.book, userId: facts.userId, id };
    const [numberSealed, nameSealed] = await vault.seal(tx, [
      { place: placeOf(about, 'number'), text: number.reveal() },
      { place: placeOf(about, 'name'), text: name },
    ]);
    if (numberSealed === undefined || nameSealed === undefined) throw new Error('assertion failed: two were sealed');
    const row: PayeeRow = {
      ...rest,
      id,
      indexVersion: newest.version,
      numberIndex: newest.index,
      numberSealed,
      nameSealed,
      last4: number.last4,
      nameMasked: maskName(name),
      createdAt: clock.now(),
      lastPaidAt: null,
    };
    await insertPayee(tx, row);
    return row;
  });
}

async function byKnown(
  engine: Engine,
  session: Session,
  kind: QuoteInput['kind'],
  payeeId: string,
): Promise<ResolvedPayee> {
  const { deps } = engine;
  const [row] = await findPayees(deps.sql, session.book, [payeeId]);
  if (row === undefined || row.userId !== session.userId || row.lastPaidAt === null)
    throw new Refusal('not_found', 'there is no such payee', { param: 'payee' });
  const institution = deps.desk.institutionOf(row.bank);
  if (institution === null) throw new Refusal('card_not_supported', 'this bank cannot be reached', { param: 'payee' });
  checkKind(kind, row.cardKind);
  const opened = (await openPayeeRows(deps, [row])).get(row.id);
  if (opened === undefined) throw new Error('assertion failed: a payee that is there opens');
  const [first] = await findByNumber(engine, session, opened.number);
  return ofRow({ ...row, institution }, first ?? row, kind, opened.number);
}

function ofRow(row: PayeeRow, first: PayeeRow, kind: QuoteInput['kind'], number: CardNumber): ResolvedPayee {
  return {
    quoted: {
      payeeKind: 'card',
      payeeId: row.id,
      toUserId: null,
      toCardId: null,
      toTargetId: kind === 'repayment' ? first.id : null,
      toClass: null,
      toBank: row.bank,
      toInstitution: row.institution,
      toLast4: row.last4,
      toNameMasked: row.nameMasked,
      shownTo: { bank: row.bank, last4: row.last4, nameMasked: row.nameMasked },
    },
    number,
    isNew: row.lastPaidAt === null,
    isTargetOpen: true,
  };
}

async function byOwnCard(
  engine: Engine,
  session: Session,
  kind: QuoteInput['kind'],
  cardId: string,
): Promise<ResolvedPayee> {
  const opened = await engine.opener.card(cardId);
  if (opened === undefined || opened.card.userId !== session.userId || opened.card.book !== session.book)
    throw new Refusal('not_found', 'there is no such card', { param: 'payee' });
  if (opened.card.state !== 'bound')
    throw new Refusal('card_not_usable', 'the card is not bound any more', { param: 'payee' });
  checkKind(kind, opened.card.kind);
  if (!isReachable(opened)) throw new Refusal('card_not_supported', 'this bank cannot be reached', { param: 'payee' });
  const end = endOfCard(opened);
  return {
    quoted: {
      payeeKind: 'own_card',
      payeeId: null,
      toUserId: null,
      toCardId: opened.card.id,
      toTargetId: opened.card.id,
      toClass: opened.card.accountClass,
      toBank: end.bank,
      toInstitution: end.institution,
      toLast4: end.last4,
      toNameMasked: end.nameMasked,
      shownTo: { bank: end.bank, last4: end.last4, nameMasked: end.nameMasked },
    },
    number: opened.number,
    isNew: false,
    isTargetOpen: true,
  };
}

/** Nothing in the answer, and nothing in the work done for it, tells a number that somebody has here from one that nobody has. */
async function byPhone(
  engine: Engine,
  session: Session,
  kind: QuoteInput['kind'],
  text: string,
): Promise<ResolvedPayee> {
  const { deps } = engine;
  const phone = readPhone(text);
  if (kind === 'repayment') throw invalidPayee('a phone number receives on a debit card; repay a card by its number');
  await countLookUp(engine, session);
  const found = await deps.users.findByPhone(deps.sql, session.book, phone);
  if (found === session.userId) throw invalidPayee('this is your own number; choose one of your cards');
  return await toPerson(engine, session, found, { bank: '', last4: phone.slice(-4), nameMasked: maskPhone(phone) });
}

/** Who it is was told by the one who is paid; where they receive stays their own affair. */
async function byPerson(
  engine: Engine,
  session: Session,
  kind: QuoteInput['kind'],
  { userId, shownName }: Extract<Payee, { kind: 'person' }>,
): Promise<ResolvedPayee> {
  if (kind === 'repayment') throw invalidPayee('a person receives on a debit card; repay a card by its number');
  if (userId === session.userId) throw invalidPayee('nobody pays themselves; choose one of your cards');
  return await toPerson(engine, session, userId, { bank: '', last4: '', nameMasked: shownName });
}

/** The card with which somebody receives, without saying anything of it; the same work is done for nobody. */
async function toPerson(
  engine: Engine,
  session: Session,
  found: UserId | null,
  shownTo: QuotedPayee['shownTo'],
): Promise<ResolvedPayee> {
  const { deps } = engine;
  const card = await deps.cards.receivingCard(deps.sql, session.book, found ?? session.userId);
  const opened = card === null ? undefined : await engine.opener.card(card.id);
  const end = found === null || !isReachable(opened) ? null : endOfCard(opened);
  return {
    quoted: {
      payeeKind: 'phone',
      payeeId: null,
      toUserId: end === null ? null : found,
      toCardId: end?.cardId ?? null,
      toTargetId: end?.cardId ?? null,
      toClass: end === null ? null : (card?.accountClass ?? null),
      toBank: end?.bank ?? '',
      toInstitution: end?.institution ?? null,
      toLast4: end?.last4 ?? '',
      toNameMasked: end?.nameMasked ?? '',
      shownTo,
    },
    number: end === null ? null : (opened?.number ?? null),
    isNew: true,
    isTargetOpen: false,
  };
}

/** Counted before it is looked for. */
async function countLookUp({ deps }: Engine, session: Session): Promise<void> {
  const now = deps.clock.now();
  const today = shanghaiDay(now);
  const count = await countPhoneLookUp(deps.sql, session.book, session.userId, today);
  if (count <= PHONE_LOOK_UPS_PER_DAY_MAX) return;
  const midnight = shanghaiMidnight(addDays(today, 1));
  throw new Refusal('too_many_tries', 'that were enough phone numbers for one day', {
    param: 'payee',
    retryAfterSeconds: Math.ceil((midnight.getTime() - now.getTime()) / 1000),
  });
}

function checkKind(kind: QuoteInput['kind'], card: CardKind): void {
  if (kind === 'transfer' && card !== 'debit') throw invalidPayee('a transfer goes to a debit card');
  if (kind === 'repayment' && card !== 'credit' && card !== 'semi_credit')
    throw invalidPayee('a repayment goes to a credit card');
}

function invalidPayee(detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param: 'payee', in: 'body' });
}
