import { CARD_FOUND_MAX, CARDS_PER_PERSON_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { FoundCard, Identity } from '../bank/rail.ts';
import type { Session } from '../users/users.ts';
import { askIssuer, bankUnavailable, detailsDiffer } from './ask-issuer.ts';
import {
  changeRequest,
  openRequest,
  type PendingCard,
  readRequest,
  requestNotFound,
  sendRequestCode,
  useRequestCode,
} from './card-requests.ts';
import { findBoundByIndex } from './card-store.ts';
import type { Card, CardId, FoundCardView } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';
import { lookUpCard } from './check-number.ts';
import { countFailure } from './count-failures.ts';
import { readIdentity } from './identity.ts';
import { insertBound, readNumber } from './insert-bound.ts';
import { findOwnCards } from './read-cards.ts';
import { deleteRequest } from './request-store.ts';

/** Which banks know the person who is signed in, by name, ID number and the phone they signed in with. */
export async function findIssuers(
  deps: CardsDeps,
  session: Session,
  input: { name: string | null; idNumber: string | null },
): Promise<{ requestId: string; banks: { bank: string; bankName: Card['bankName'] }[] }> {
  const { name, idNumber, isOwn, person } = await readIdentity(deps, session, input);
  const { phone } = person;
  const counted = await countFailure(deps, session, null);
  const reply = await askSwitch(deps, { name, idNumber, phone });
  if (reply === null) {
    await counted.giveBack();
    throw bankUnavailable();
  }
  const banks = reply.flatMap((issuer) => deps.desk.bankOf(issuer) ?? []);
  if (banks.length === 0 || !isOwn) throw detailsDiffer();
  await counted.giveBack();
  const requestId = await openRequest(deps, session, 'one_tap', { name, idNumber, phone, banks, cards: [] });
  const table = deps.table();
  return { requestId, banks: banks.map((bank) => ({ bank, bankName: table.names(bank) })) };
}

/** The person's cards at the banks chosen, all banks asked at once; a bank that does not answer hides nothing of the others. */
export async function findCards(
  deps: CardsDeps,
  session: Session,
  input: { requestId: string; banks: readonly string[] },
): Promise<{ requestId: string; cards: FoundCardView[]; codeId: string; resendAfterSeconds: number }> {
  const { requestId } = input;
  const { pending } = await readRequest(deps, session, 'one_tap', requestId);
  const chosen = pending.banks.filter((bank) => input.banks.includes(bank));
  if (chosen.length === 0 || chosen.length < new Set(input.banks).size)
    throw new Refusal('invalid_request', 'these are not the banks that were found', { param: 'banks' });
  const { name, idNumber, phone } = pending;
  const answers = await Promise.all(chosen.map((bank) => askBank(deps, bank, { name, idNumber, phone })));
  const cards = answers.flatMap((answer) => answer ?? []).slice(0, CARD_FOUND_MAX);
  if (cards.length === 0) throw answers.includes(null) ? bankUnavailable() : detailsDiffer();
  const found = { ...pending, cards: cards.map((card, at) => ({ ...card, pick: `c${at + 1}` })) };
  await changeRequest(deps, session, requestId, found);
  const sent = await sendRequestCode(deps, session, requestId, found);
  return { requestId, cards: await showFound(deps, session, found.cards), ...sent };
}

/** Binds what was picked, after one code for all. Those that are bound already stay as they are. */
export async function bindFound(
  deps: CardsDeps,
  session: Session,
  input: { requestId: string; picks: readonly string[]; code: string },
): Promise<Card[]> {
  const { requestId } = input;
  const { codeId, pending } = await readRequest(deps, session, 'one_tap', requestId);
  const picked = pending.cards.filter(({ pick }) => input.picks.includes(pick));
  if (picked.length === 0 || picked.length < new Set(input.picks).size || picked.length > CARDS_PER_PERSON_MAX)
    throw new Refusal('invalid_request', 'these are not the cards that were found', { param: 'picks' });
  await useRequestCode(deps, session, requestId, { codeId, code: input.code });
  const bound: CardId[] = [];
  await deps.sql.begin(async (tx) => {
    if (!(await deleteRequest(tx, session.book, requestId))) throw requestNotFound();
    bound.push(...(await insertBound(deps, tx, session, pending, picked)));
  });
  return findOwnCards(deps, session, bound);
}

/** Null: no word from the switch. */
async function askSwitch(deps: CardsDeps, identity: Identity): Promise<string[] | null> {
  try {
    const [stamp] = await deps.desk.stamps(1);
    if (stamp === undefined) return null;
    const reply = await deps.desk.rail.findIssuers({ stamp, identity });
    return reply.kind === 'found' ? reply.issuers : null;
  } catch (error) {
    deps.log.warn({ error }, 'the switch could not be asked for banks');
    return null;
  }
}

/**
 * The cards that one bank knows of a person, each with its class; null when it does not answer. Cards that our table gives to another bank, or
 * to none, are left out: nothing is guessed.
 */
async function askBank(deps: CardsDeps, bank: string, identity: Identity): Promise<Omit<PendingCard, 'pick'>[] | null> {
  const issuer = deps.desk.institutionOf(bank);
  if (issuer === null) return [];
  const found = await askForCards(deps, issuer, identity);
  if (found === null) return null;
  const cards = await Promise.all(
    found.slice(0, CARD_FOUND_MAX).map(async ({ number }) => {
      const facts = lookUpCard(deps, number);
      if (facts === null || facts.bank !== bank) {
        deps.log.warn({ bank }, 'a bank told of a card that the table of prefixes does not give to it');
        return [];
      }
      const reply = await askIssuer(deps, { number, issuer, identity });
      if (reply.kind !== 'matches') return [];
      const { kind, tableVersion } = facts;
      return [{ number: number.reveal(), bank, kind, accountClass: reply.accountClass, tableVersion }];
    }),
  );
  return cards.flat();
}

async function askForCards(deps: CardsDeps, issuer: string, identity: Identity): Promise<FoundCard[] | null> {
  try {
    const [stamp] = await deps.desk.stamps(1);
    if (stamp === undefined) return null;
    const reply = await deps.desk.rail.findCards({ stamp, identity, issuer });
    return reply.kind === 'found' ? reply.cards : reply.kind === 'refused' ? [] : null;
  } catch (error) {
    deps.log.warn({ error, issuer }, 'a bank could not be asked for cards');
    return null;
  }
}

async function showFound(
  deps: CardsDeps,
  { book, userId }: Session,
  cards: readonly PendingCard[],
): Promise<FoundCardView[]> {
  const indexes = cards.map(({ number }) => deps.vault.indexesOf(readNumber(number)).map(({ index }) => index));
  const bound = new Set(
    (await findBoundByIndex(deps.sql, book, userId, indexes.flat())).map((row) => row.numberIndex.toString('hex')),
  );
  const table = deps.table();
  return cards.map(({ pick, bank, kind, number }, at) => ({
    pick,
    bank,
    bankName: table.names(bank),
    kind,
    last4: number.slice(-4),
    isBound: (indexes[at] ?? []).some((index) => bound.has(index.toString('hex'))),
  }));
}
