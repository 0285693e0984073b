import { assert } from '../base/assert.ts';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { REFUSALS } from '../base/refusals.ts';
import type { Tx } from '../db/connect.ts';
import type { PurchaseGrade, Reservation } from '../limits/limits.ts';
import { money } from '../money/money.ts';
import type { ProofLevel } from '../users/users.ts';
import { sendFirst } from './change-legs.ts';
import {
  type ConfirmChange,
  copyFolder,
  type LockedBatch,
  type MoveChange,
  type MoveResult,
  type StartChange,
} from './move-batch.ts';
import { type MoveFolder, type MoveRow, newFolder } from './move.ts';
import type { QuotePart, QuoteRow } from './quote-row.ts';
import { actOf, levelOf } from './show-quote.ts';
import type { TransfersDeps } from './transfers-deps.ts';

type Beginning = ConfirmChange | StartChange;

/** What one change begins: its folders, not yet reserved for. Later ones of the same batch that ask for the same hear the same. */
interface Plan {
  change: Beginning;
  folders: MoveFolder[];
  reservations: Reservation[];
}

/**
 * Begins what is confirmed and started in a batch: checks each, uses up proofs and reserves limits, once for all. A quote sets out with all of its
 * parts or with none. A purchase or refund that is declined is recorded as declined, so that its id never starts later.
 */
export async function begin(
  tx: Tx,
  deps: TransfersDeps,
  book: number,
  batch: LockedBatch,
  changes: readonly MoveChange[],
): Promise<Map<MoveChange, MoveResult | Refusal>> {
  const answers = new Map<MoveChange, MoveResult | Refusal>();
  const twins: { change: Beginning; of: Beginning }[] = [];
  let plans: Plan[] = [];
  for (const change of changes) {
    if (change.kind === 'evidence') continue;
    const twin = plans.find((plan) => isSameThing(plan.change, change));
    if (twin !== undefined) {
      twins.push({ change, of: twin.change });
      continue;
    }
    const plan = change.kind === 'confirm' ? planConfirm(batch, plans, change) : planStart(batch, change);
    if ('folders' in plan && 'reservations' in plan) plans.push(plan);
    else answers.set(change, plan);
  }
  plans = await checkProofs(tx, deps, batch, plans, answers);
  plans = await reserve(tx, deps, book, batch, plans, answers);
  for (const plan of plans) answers.set(plan.change, settle(batch, plan));
  for (const { change, of } of twins) answers.set(change, toTwin(change, of, answers.get(of)));
  return answers;
}

function isSameThing(one: Beginning, other: Beginning): boolean {
  if (one.kind === 'confirm') return other.kind === 'confirm' && one.quoteId === other.quoteId;
  return other.kind === 'start' && one.order.id === other.order.id;
}

/** The second of two in one batch sends nothing. Another key, or another person, is not told what the first was. */
function toTwin(change: Beginning, of: Beginning, first: MoveResult | Refusal | undefined): MoveResult | Refusal {
  assert(first !== undefined, 'a twin comes after its first');
  if (change.kind === 'confirm' && of.kind === 'confirm') {
    if (change.session.userId !== of.session.userId) return noQuote();
    if (change.key !== of.key)
      return first instanceof Refusal
        ? new Refusal('idempotency_key_in_use', 'another confirmation of this quote is running', {
            retryAfterSeconds: 1,
          })
        : quoteUsed();
  }
  return first instanceof Refusal ? first : { folders: first.folders, next: [] };
}

function planConfirm(batch: LockedBatch, plans: readonly Plan[], change: ConfirmChange): Plan | MoveResult | Refusal {
  const { session, quoteId, key } = change;
  const quote = batch.quotes.get(quoteId);
  if (quote === undefined || quote.userId !== session.userId) return noQuote();
  const keyed = batch.keys.get(`${session.userId} ${key}`);
  const isKeyTaken = plans.some(
    (plan) =>
      plan.change.kind === 'confirm' && plan.change.key === key && plan.change.session.userId === session.userId,
  );
  if ((keyed !== undefined && keyed !== quoteId) || isKeyTaken)
    return new Refusal('idempotency_key_reused', 'this key has confirmed another quote');
  if (keyed === quoteId) return { folders: batch.confirmed.get(quoteId) ?? [], next: [] };
  if (quote.confirmedAt !== null) return quoteUsed();
  if (batch.now >= quote.expiresAt) return new Refusal('quote_expired', 'a quote is good for five minutes');
  assert(change.parts.length === quote.parts.length, 'each part of a quote has its id');
  const folders = quote.parts.map((part, index) => {
    const { id } = change.parts[index] as ConfirmChange['parts'][number]; // as many as parts, asserted above
    return newFolder({ ...moveOfQuote(batch.now, quote, part), id });
  });
  const reservations = folders.map(({ move }, index) =>
    toReservation(batch.now, move, quote.parts[index] as QuotePart, {
      // of the same quote
      deviceIsNew: session.deviceIsNew,
      targetCardId: quote.toTargetId,
      targetClass: quote.toClass,
      grade: null,
    }),
  );
  return { change, folders, reservations };
}

function moveOfQuote(now: Date, quote: QuoteRow, part: QuotePart): Omit<MoveRow, 'id'> {
  const isScheduled = quote.arrival !== 'instant';
  return {
    ...newMoveState(now),
    book: quote.book,
    kind: quote.kind,
    state: isScheduled ? 'scheduled' : 'debiting',
    userId: quote.userId,
    quoteId: quote.id,
    originalId: null,
    amountMinor: part.amountMinor,
    from: {
      cardId: part.cardId,
      payeeId: null,
      userId: null,
      bank: part.bank,
      institution: part.institution,
      last4: part.last4,
      nameMasked: part.nameMasked,
    },
    to:
      quote.toInstitution === null
        ? null
        : {
            cardId: quote.toCardId,
            payeeId: quote.payeeId,
            userId: quote.toUserId,
            bank: quote.toBank,
            institution: quote.toInstitution,
            last4: quote.toLast4,
            nameMasked: quote.toNameMasked,
          },
    shop: null,
    note: quote.note,
    arrival: quote.arrival,
    arrivesAt: isScheduled ? quote.arrivesAt : null,
    dueAt: isScheduled ? quote.arrivesAt : null,
  };
}

function planStart(batch: LockedBatch, change: StartChange): Plan | MoveResult | Refusal {
  const { order, card } = change;
  const known = batch.folders.get(order.id);
  if (known !== undefined)
    return known.move.wasRefused ? refusedBefore(known.move) : { folders: [copyFolder(known)], next: [] };
  const refusal = card instanceof Refusal ? card : order.kind === 'refund' ? checkRefund(batch, change) : null;
  if (refusal !== null || card instanceof Refusal) return decline(batch, change, refusal ?? noCard());
  const of = batch.folders.get(order.originalId ?? '');
  const move = moveOfOrder(batch.now, change, of?.move.from?.institution ?? null);
  if (order.kind === 'refund') {
    assert(of !== undefined, 'a refund was checked against its purchase');
    of.move.refundingMinor += order.amount.minor;
    const folder = { ...newFolder(move), original: of.move, originalDebit: of.debit };
    return { change, folders: [folder], reservations: [] };
  }
  const reservation = toReservation(batch.now, move, card, {
    deviceIsNew: order.deviceIsNew,
    targetCardId: null,
    targetClass: null,
    grade: GRADES[order.level ?? 'device'],
  });
  return { change, folders: [newFolder(move)], reservations: [reservation] };
}

/** What was proved, in the grades of the rules for bar code payments. */
const GRADES = { strong: 'A', pin: 'B', device: 'C' } as const satisfies Record<ProofLevel, PurchaseGrade>;

function checkRefund(batch: LockedBatch, { order }: StartChange): Refusal | null {
  const original = batch.folders.get(order.originalId ?? '')?.move;
  const isPurchase =
    original?.kind === 'purchase' && original.state === 'succeeded' && original.userId === order.userId;
  if (original === undefined || !isPurchase || original.shop?.no !== order.shop.no)
    return new Refusal('payment_not_refundable', 'only a purchase that has succeeded can be refunded');
  const leftMinor = original.amountMinor - original.refundingMinor - original.refundedMinor;
  if (order.amount.minor <= leftMinor) return null;
  return new Refusal('refund_exceeds_payment', 'less than this is left to refund', {
    left_minor: leftMinor.toString(),
  });
}

/** `paidAt`: the institution of the purchase, to which a refund goes also when its bank takes no part any more. */
function moveOfOrder(now: Date, { order, card }: StartChange, paidAt: string | null): MoveRow {
  const found = card instanceof Refusal ? null : card.end;
  const institution = found?.institution ?? paidAt;
  const end = found === null || institution === null ? null : { ...found, institution };
  const isRefund = order.kind === 'refund';
  return {
    ...newMoveState(now),
    book: order.book,
    id: order.id,
    kind: order.kind,
    state: isRefund ? 'crediting' : 'debiting',
    userId: order.userId,
    quoteId: null,
    originalId: order.originalId,
    amountMinor: order.amount.minor,
    from: isRefund ? null : end,
    to: isRefund ? end : null,
    shop: order.shop,
    note: '',
    arrival: 'instant',
    arrivesAt: null,
    dueAt: null,
  };
}

/** Kept, so that the same id is declined again, whatever has changed by then. */
function decline(batch: LockedBatch, change: StartChange, refusal: Refusal): Refusal {
  const move = moveOfOrder(batch.now, change, null);
  // An original that does not exist cannot be pointed at.
  const originalId = batch.folders.has(move.originalId ?? '') ? move.originalId : null;
  const ended = { state: 'failed', failure: refusal.code, wasRefused: true, endedAt: batch.now } as const;
  batch.begun.push(newFolder({ ...move, ...ended, originalId }));
  return refusal;
}

function refusedBefore(move: MoveRow): Refusal {
  const code = move.failure ?? '';
  // What `decline` kept is a code of the table.
  const known = Object.hasOwn(REFUSALS, code) ? (code as RefusalCode) : 'payment_not_payable';
  return new Refusal(known, 'it was declined before and stays declined');
}

/** Unknown phone numbers look like known ones up to here: what was proved is used up, and only then they are told apart. */
async function checkProofs(
  tx: Tx,
  deps: TransfersDeps,
  batch: LockedBatch,
  plans: readonly Plan[],
  answers: Map<MoveChange, MoveResult | Refusal>,
): Promise<Plan[]> {
  const confirms = plans.flatMap(({ change }) => (change.kind === 'confirm' ? [change] : []));
  if (confirms.length === 0) return [...plans];
  const refusals = await deps.users.consumeProofs(
    tx,
    confirms.map(({ session, quoteId, proof }) => {
      const quote = batch.quotes.get(quoteId);
      assert(quote !== undefined, 'a planned confirmation has its quote');
      return { session, act: actOf(quote), level: levelOf(quote, session), token: proof };
    }),
  );
  confirms.forEach((change, index) => {
    const refusal = refusals[index] ?? null;
    if (refusal !== null) answers.set(change, refusal);
    else if (batch.quotes.get(change.quoteId)?.toInstitution === null)
      answers.set(
        change,
        new Refusal('payee_not_found', 'nobody can be paid by this phone number', { param: 'payee' }),
      );
  });
  return plans.filter((plan) => !answers.has(plan.change));
}

async function reserve(
  tx: Tx,
  deps: TransfersDeps,
  book: number,
  batch: LockedBatch,
  plans: readonly Plan[],
  answers: Map<MoveChange, MoveResult | Refusal>,
): Promise<Plan[]> {
  const reservations = plans.flatMap((plan) => plan.reservations);
  if (reservations.length === 0) return [...plans];
  const refusals = await deps.limits.reserve(tx, reservations);
  const byId = new Map(reservations.map(({ id }, index) => [id, refusals[index] ?? null]));
  const givenBack: string[] = [];
  for (const { change, reservations: own } of plans) {
    const refusal = own.map(({ id }) => byId.get(id) ?? null).find((found) => found !== null) ?? null;
    if (refusal === null) continue;
    givenBack.push(...own.filter(({ id }) => byId.get(id) === null).map(({ id }) => id));
    answers.set(change, change.kind === 'start' ? decline(batch, change, refusal) : refusal);
  }
  if (givenBack.length > 0) await deps.limits.release(tx, book, givenBack);
  return plans.filter((plan) => !answers.has(plan.change));
}

/** Everything allows it: what sets out at once gets its first leg. */
function settle(batch: LockedBatch, { change, folders }: Plan): MoveResult {
  const next = folders.flatMap((folder, index) => {
    if (folder.move.state === 'scheduled') return [];
    const stamp = change.kind === 'start' ? change.stamp : change.parts[index]?.stamp;
    assert(stamp !== undefined, 'what sets out has a stamp');
    return [{ folder, side: sendFirst(batch.now, folder, stamp) }];
  });
  batch.begun.push(...folders);
  if (change.kind === 'confirm') batch.confirms.push(change);
  return {
    folders: folders.map(copyFolder),
    next: next.map(({ folder, side }) => ({ folder: copyFolder(folder), side })),
  };
}

function toReservation(
  now: Date,
  move: MoveRow,
  card: { bank: string; accountClass: 1 | 2 | 3 },
  more: Pick<Reservation, 'deviceIsNew' | 'targetCardId' | 'targetClass' | 'grade'>,
): Reservation {
  assert(move.kind !== 'refund' && move.from?.cardId, 'limits count what leaves a card of ours');
  return {
    book: move.book,
    id: move.id,
    userId: move.userId,
    cardId: move.from.cardId,
    bank: card.bank,
    accountClass: card.accountClass,
    kind: move.kind,
    amount: money('CNY', move.amountMinor),
    at: now,
    ...more,
  };
}

function newMoveState(
  now: Date,
): Pick<
  MoveRow,
  'failure' | 'wasRefused' | 'onBooksMinor' | 'refundingMinor' | 'refundedMinor' | 'createdAt' | 'endedAt'
> {
  return {
    failure: null,
    wasRefused: false,
    onBooksMinor: 0n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    createdAt: now,
    endedAt: null,
  };
}

function noQuote(): Refusal {
  return new Refusal('not_found', 'there is no such quote');
}

function noCard(): Refusal {
  return new Refusal('not_found', 'there is no such card');
}

function quoteUsed(): Refusal {
  return new Refusal('quote_used', 'a quote is confirmed once');
}
