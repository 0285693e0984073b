import { assert } from '../base/assert.ts';
import { isId, newToken } from '../base/id.ts';
import { CARD_REQUEST_SECONDS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import type { Session } from '../users/users.ts';
import type { SealedPlace } from '../vault/card-vault.ts';
import type { CardsDeps } from './cards-deps.ts';
import {
  findRequest,
  insertRequest,
  type RequestRow,
  updateRequestCode,
  updateRequestSealed,
} from './request-store.ts';

/*
 * Between two steps of binding, what was typed and found waits sealed in a row of ten minutes that only this person can go on with.
 */

const PREFIX = { binding: 'bind', one_tap: 'tap' } as const;

/** What a card will be bound as, all of it sealed while it waits. */
export interface PendingCard {
  number: string;
  bank: string;
  kind: 'debit' | 'credit' | 'semi_credit' | 'prepaid';
  accountClass: 1 | 2 | 3;
  tableVersion: string;
  /** One tap: what the person points at it with; empty for a typed card. */
  pick: string;
}

export interface PendingRequest {
  name: string;
  idNumber: string;
  /** Whom the code goes to: the phone that the bank has. */
  phone: string;
  /** One tap: the banks that knew the person. */
  banks: string[];
  cards: PendingCard[];
}

export async function openRequest(
  deps: CardsDeps,
  session: Session,
  kind: RequestRow['kind'],
  pending: PendingRequest,
): Promise<string> {
  const { book, userId } = session;
  const id = newToken(PREFIX[kind], deps, book);
  const createdAt = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    const sealed = await seal(deps, tx, { book, userId, id }, pending);
    const expiresAt = new Date(createdAt.getTime() + CARD_REQUEST_SECONDS * 1000);
    await insertRequest(tx, { book, id, userId, kind, sealed, codeId: null, createdAt, expiresAt });
  });
  return id;
}

/** @throws Refusal not_found, also for somebody else's and for one that is over */
export async function readRequest(
  deps: CardsDeps,
  session: Session,
  kind: RequestRow['kind'],
  id: string,
): Promise<{ codeId: string | null; pending: PendingRequest }> {
  const { book, userId } = session;
  const row = isId(PREFIX[kind], id) ? await findRequest(deps.sql, { book, id, userId, kind }, deps.clock.now()) : null;
  if (row === null) throw requestNotFound();
  const [text] = await deps.vault.open(deps.sql, [{ place: placeOf({ book, userId, id }), sealed: row.sealed }]);
  assert(text !== undefined, 'the vault opens each');
  return { codeId: row.codeId, pending: JSON.parse(text) as PendingRequest }; // sealed by us, authenticated
}

export function requestNotFound(): Refusal {
  return new Refusal('not_found', 'there is no such request, or its time is over');
}

/** What was found takes the place of what was there, and a code sent before is worth nothing more. */
export async function changeRequest(
  deps: CardsDeps,
  session: Session,
  id: string,
  pending: PendingRequest,
): Promise<void> {
  const { book, userId } = session;
  await deps.sql.begin(async (tx) => {
    await updateRequestSealed(tx, book, id, await seal(deps, tx, { book, userId, id }, pending));
  });
}

/** A code to the phone that the bank has, good for this request alone. @throws Refusal code_not_sent, too_many_tries */
export async function sendRequestCode(
  deps: CardsDeps,
  session: Session,
  id: string,
  pending: PendingRequest,
): Promise<{ codeId: string; resendAfterSeconds: number }> {
  const { book, userId, lang } = session;
  const sent = await deps.users.sendCode({
    book,
    userId,
    phone: pending.phone,
    purpose: 'bind_card',
    bound: boundText(id),
    says: saysOf(deps, pending, lang),
    lang,
  });
  await updateRequestCode(deps.sql, book, id, sent.codeId);
  return sent;
}

/** @throws Refusal code_wrong, also when no code was sent */
export async function useRequestCode(
  deps: CardsDeps,
  session: Session,
  id: string,
  input: { codeId: string | null; code: string },
): Promise<void> {
  const { book, userId } = session;
  if (input.codeId === null) throw new Refusal('code_wrong', 'the code is wrong, used or over');
  await deps.users.useCode({
    book,
    codeId: input.codeId,
    code: input.code,
    userId,
    purpose: 'bind_card',
    bound: boundText(id),
  });
}

/** A request is one person, one phone and its cards; so the code is bound to all of them. */
function boundText(id: string): string {
  return `card request ${id}`;
}

/** Banks and last four digits, as the message says them: whoever is asked for the code by phone sees what it is for. */
function saysOf(deps: CardsDeps, { cards }: PendingRequest, lang: Session['lang']): string {
  const table = deps.table();
  const shown = cards.slice(0, 3).map(({ bank, number }) => `${table.names(bank)[lang]} ${number.slice(-4)}`);
  return shown.join(lang === 'en' ? ', ' : '、') + (cards.length > shown.length ? ' …' : '');
}

async function seal(
  deps: CardsDeps,
  tx: Tx,
  of: { book: number; userId: string; id: string },
  pending: PendingRequest,
): Promise<Buffer> {
  await deps.vault.prepare(tx, of.book, [of.userId]);
  const [sealed] = await deps.vault.seal(tx, [{ place: placeOf(of), text: JSON.stringify(pending) }]);
  assert(sealed !== undefined, 'the vault seals each');
  return sealed;
}

function placeOf({ book, userId, id }: { book: number; userId: string; id: string }): SealedPlace {
  return { book, userId, rowId: id, field: 'request' };
}
