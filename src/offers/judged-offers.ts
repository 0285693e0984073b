import { assert } from '../base/assert.ts';
import { articleSet } from './article-set.ts';
import { type Cart, type Contender, sum } from './best-set.ts';
import {
  chooseVoucher,
  concerns,
  linesOf,
  type Reason,
  reasonOfCandidate,
  reasonOfOrder,
  reasonOfRoom,
  reasonOfTime,
  reasonOfWalletUse,
  vouchersOf,
} from './judge-offer.ts';
import { type LimitLine, voucherLine } from './limit-lines.ts';
import type { Candidate, QuoteRequest } from './offers.ts';
import type { HeldVoucher, PublishedOffer, Room, RoomLine } from './quote-input.ts';
import { compareTurn, type ReadyOffer, readyOffer } from './ready-offer.ts';
import { moneyTaker, takeOffLines } from './take-off.ts';

export interface QuoteInput {
  offers: readonly PublishedOffer[];
  vouchers: readonly HeldVoucher[];
  request: QuoteRequest;
  room: Room;
}

/** An offer that counts for a candidate, or the reason why not. */
export type Judged =
  | { offer: PublishedOffer; reason: null; contender: Contender }
  | { offer: PublishedOffer; reason: Reason; contender: null };

/** The offers that concern one request, in the order in which they are worked out. What is the same for every candidate is found out once. */
export class JudgedOffers {
  readonly all: readonly PublishedOffer[];
  readonly #input: QuoteInput;
  readonly #known: readonly Known[];
  readonly #byId: ReadonlyMap<string, Known>;

  constructor(input: QuoteInput) {
    this.#input = input;
    this.#known = input.offers
      .filter((offer) => concerns(offer, input.request))
      .map(readyOffer)
      .sort(compareTurn)
      .map((ready, turn) => new Known(ready, turn, input));
    this.all = this.#known.map(({ ready }) => ready.offer);
    this.#byId = new Map(this.#known.map((known) => [known.ready.offer.id, known]));
    assert(this.#byId.size === this.all.length, 'an offer is quoted in one version');
  }

  judge(candidate: Candidate, cart: Cart, by: 'hutong' | 'wallet'): Judged[] {
    return this.#known
      .filter(({ ready }) => ready.offer.campaign.by === by)
      .map((known): Judged => {
        const { offer } = known.ready;
        const before =
          known.timeReason ??
          reasonOfCandidate(known.ready, candidate) ??
          known.orderReason ??
          reasonOfWalletUse(known.ready, this.#input.request, candidate);
        if (before !== null) return { offer, reason: before, contender: null };
        const contender = known.contender(candidate, cart);
        const reason = known.roomReason(candidate, contender);
        return reason === null ? { offer, reason, contender } : { offer, reason, contender: null };
      });
  }

  find(id: string): PublishedOffer {
    return this.#get(id).ready.offer;
  }

  inTurn(contenders: readonly Contender[]): Contender[] {
    return [...contenders].sort((a, b) => this.#get(a.id).turn - this.#get(b.id).turn);
  }

  voucherOf(offer: PublishedOffer): HeldVoucher | null {
    const choice = this.#get(offer.id).voucher;
    return choice.kind === 'voucher' ? choice.voucher : null;
  }

  /** Every limit that a use of this offer counts against. */
  linesOf(offer: PublishedOffer, candidate: Candidate): readonly LimitLine[] {
    return this.#get(offer.id).lines(candidate);
  }

  /** The limits to ask the room of, before anything is chosen. */
  *roomLines(): Iterable<RoomLine> {
    const { request, vouchers } = this.#input;
    for (const { ready, timeReason, orderReason } of this.#known) {
      if (timeReason !== null || orderReason !== null) continue;
      const candidates = request.candidates.filter(
        (candidate) =>
          reasonOfCandidate(ready, candidate) === null && reasonOfWalletUse(ready, request, candidate) === null,
      );
      const [first] = candidates;
      if (first === undefined) continue;
      const theirs = ready.offer.campaign.kind === 'voucher' ? vouchersOf(ready.offer, vouchers, request) : null;
      if (theirs?.length === 0) continue;
      for (const candidate of ready.limits.perCard.length > 0 ? candidates : [first])
        yield* linesOf(ready, request, candidate);
      for (const voucher of theirs ?? []) yield voucherLine(voucher, request);
    }
  }

  #get(id: string): Known {
    const known = this.#byId.get(id);
    assert(known !== undefined, 'only offers of this quote are asked for');
    return known;
  }
}

/** What is known of one offer for one request; each thing is found out when it is first asked for. */
class Known {
  readonly ready: ReadyOffer;
  readonly turn: number;
  readonly timeReason: Reason | null;
  readonly #input: QuoteInput;
  #order: { reason: Reason | null } | null = null;
  #voucher: ReturnType<typeof chooseVoucher> | null = null;
  #lines: readonly LimitLine[] | null = null;
  #contender: { amount: number; contender: Contender } | null = null;

  constructor(ready: ReadyOffer, turn: number, input: QuoteInput) {
    this.ready = ready;
    this.turn = turn;
    this.#input = input;
    this.timeReason = reasonOfTime(ready.offer, input.request);
  }

  get orderReason(): Reason | null {
    this.#order ??= { reason: reasonOfOrder(this.ready, this.#input.request) };
    return this.#order.reason;
  }

  get voucher(): ReturnType<typeof chooseVoucher> {
    const { vouchers, request, room } = this.#input;
    this.#voucher ??= chooseVoucher(this.ready.offer, vouchers, request, room);
    return this.#voucher;
  }

  roomReason(candidate: Candidate, { alone, sureMost }: Contender): Reason | null {
    const { voucher } = this;
    if (voucher.kind === 'not') return voucher.reason;
    const { request, room } = this.#input;
    return reasonOfRoom(this.lines(candidate), BigInt(sureMost + alone.extra), request, room);
  }

  lines(candidate: Candidate): readonly LimitLine[] {
    if (this.#lines !== null) return this.#lines;
    const { voucher } = this;
    const { request } = this.#input;
    const own = linesOf(this.ready, request, candidate);
    const lines = voucher.kind === 'voucher' ? [...own, voucherLine(voucher.voucher, request)] : own;
    if (this.ready.limits.perCard.length === 0) this.#lines = lines;
    return lines;
  }

  contender(candidate: Candidate, cart: Cart): Contender {
    const isOfFee = this.ready.stage === 'fee';
    if (!isOfFee && this.#contender?.amount === cart.amount) return this.#contender.contender;
    const contender = toContender(this.ready, cart, Number(candidate.instalment?.feeMinor ?? 0n));
    if (!isOfFee) this.#contender = { amount: cart.amount, contender };
    return contender;
  }
}

/** Going through so many lines takes about as long as working out an offer on the whole order. */
const LINES_PER_LOOK = 8;

function toContender(ready: ReadyOffer, cart: Cart, feeMinor: number): Contender {
  const { campaign, id } = ready.offer;
  const { value } = campaign;
  const stacking = { id, group: ready.group, goesWith: (other: Contender) => ready.goesWith(other.group) };
  if (value.kind !== 'item') {
    const from = moneyTaker(campaign, feeMinor);
    const alone = from(cart.amount);
    return { ...stacking, take: { kind: 'order', from }, alone, sureMost: alone.sure };
  }
  const least = Number(campaign.conditions.amountMinMinor ?? 0n);
  const from = (lines: Cart['lines'], rest: number): number[] =>
    rest < least ? lines.map(() => 0) : takeOffLines(value, lines, rest);
  const alone = { sure: sum(from(cart.lines, cart.amount)), extra: 0 };
  const linesCount = cart.lines.filter((line) => articleSet(value.articles).has(line.id)).length;
  const looks = 1 + Math.ceil(cart.lines.length / LINES_PER_LOOK);
  return { ...stacking, take: { kind: 'lines', from, looks }, alone, sureMost: alone.sure + linesCount };
}
