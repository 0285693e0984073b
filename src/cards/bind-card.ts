import { assert } from '../base/assert.ts';
import type { CardNumber } from '../base/card-number.ts';
import { CARDS_PER_PERSON_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { maskPhone } from '../users/mask.ts';
import { readPhone } from '../users/phone.ts';
import type { Session } from '../users/users.ts';
import { confirmDetails } from './ask-issuer.ts';
import { openRequest, readRequest, requestNotFound, sendRequestCode, useRequestCode } from './card-requests.ts';
import type { Card, CardId, StartedBinding } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';
import { countBoundCards, findBoundByIndex } from './card-store.ts';
import { checkNumber } from './check-number.ts';
import { readIdentity } from './identity.ts';
import { insertBound, tooManyCards } from './insert-bound.ts';
import { findOwnCards } from './read-cards.ts';
import { deleteRequest } from './request-store.ts';

/** Four elements at the issuer, then a code to the phone that the bank has. */
export async function startBinding(
  deps: CardsDeps,
  session: Session,
  input: { number: CardNumber; phone: string; name: string | null; idNumber: string | null },
): Promise<StartedBinding> {
  const { number } = input;
  const phone = readPhone(input.phone);
  const { facts, issuer } = checkNumber(deps, number);
  const { name, idNumber, isOwn } = await readIdentity(deps, session, input);
  await checkRoom(deps, session, number);
  const { accountClass } = await confirmDetails(deps, session, {
    number,
    issuer,
    identity: { name, idNumber, phone },
    isOwn,
  });
  const { bank, kind, tableVersion } = facts;
  const card = { number: number.reveal(), bank, kind, accountClass, tableVersion, pick: '' };
  const pending = { name, idNumber, phone, banks: [bank], cards: [card] };
  const bindingId = await openRequest(deps, session, 'binding', pending);
  const { resendAfterSeconds } = await sendRequestCode(deps, session, bindingId, pending);
  return { bindingId, facts, last4: number.last4, phoneMasked: maskPhone(phone), resendAfterSeconds };
}

/** The code, then the card. A binding is finished once. */
export async function finishBinding(
  deps: CardsDeps,
  session: Session,
  input: { bindingId: string; code: string },
): Promise<Card> {
  const { book } = session;
  const { codeId, pending } = await readRequest(deps, session, 'binding', input.bindingId);
  await useRequestCode(deps, session, input.bindingId, { codeId, code: input.code });
  const bound: CardId[] = [];
  await deps.sql.begin(async (tx) => {
    if (!(await deleteRequest(tx, book, input.bindingId))) throw requestNotFound();
    bound.push(...(await insertBound(deps, tx, session, pending, pending.cards)));
    if (bound.length === 0) throw alreadyBound();
  });
  const [card] = await findOwnCards(deps, session, bound);
  assert(card !== undefined, 'what was bound is there');
  return card;
}

/** Only about one's own cards; another person's make no difference. @throws Refusal card_already_bound, cards_max */
async function checkRoom(deps: CardsDeps, { book, userId }: Session, number: CardNumber): Promise<void> {
  const indexes = deps.vault.indexesOf(number).map(({ index }) => index);
  if ((await findBoundByIndex(deps.sql, book, userId, indexes)).length > 0) throw alreadyBound();
  if ((await countBoundCards(deps.sql, book, userId)) >= CARDS_PER_PERSON_MAX) throw tooManyCards();
}

function alreadyBound(): Refusal {
  return new Refusal('card_already_bound', 'you have bound this card already');
}
