import { isId, newId } from '../base/id.ts';
import { VOUCHERS_PER_CALL_MAX, VOUCHERS_PER_OFFER_MAX } from '../base/limits.ts';
import { assert } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { type KeyedReply, withKey } from '../db/with-key.ts';
import { checkCampaign } from './check-campaign.ts';
import { checkOwner, nameOf, type OfferActor } from './offer-actor.ts';
import { lockOffer, type OfferRow } from './offer-store.ts';
import type { OffersDeps } from './offers-deps.ts';
import { recordMove } from './publish-offer.ts';
import { showVoucher } from './show-offer.ts';
import { hashBuyer, hashCode, newVoucherCode, readVoucherCode, tailOf } from './voucher-code.ts';
import { countVouchers, insertVouchers, type VoucherRow } from './voucher-store.ts';

export interface IssueVouchers {
  actor: OfferActor;
  offerId: string;
  /** One for each: the shop's name of the only buyer who may use it, or null for whoever brings it. */
  buyers: readonly (string | null)[];
  /** The shop whose names these are, where the offer is everybody's; else null. */
  merchantId: string | null;
  validUntil: Date | null;
  reason: string | null;
  claim: KeyClaim | null;
}

/**
 * Issues vouchers of an offer of kind `voucher`. Their codes stand in this one reply and, sealed, in what is kept to answer it again; the
 * table has keyed hashes. @throws Refusal not_found, offer_stopped, campaign_invalid, invalid_request, vouchers_max
 */
export async function issueVouchers(
  deps: OffersDeps,
  request: IssueVouchers,
): Promise<KeyedReply & { replayed: boolean }> {
  const { actor, offerId, buyers, reason } = request;
  assert(buyers.length >= 1 && buyers.length <= VOUCHERS_PER_CALL_MAX, 'the caller keeps to the limit of one call');
  const now = deps.clock.now();
  return await withKey(deps.sql, request.claim, now, deps.keyring, async (tx) => {
    const offer = checkOwner(actor, isId('off', offerId) ? await lockOffer(tx, deps.book, offerId) : null);
    checkIssuing(offer, request, now);
    if ((await countVouchers(tx, deps.book, offer.id)) + buyers.length > VOUCHERS_PER_OFFER_MAX)
      throw new Refusal('vouchers_max', `an offer has at most ${VOUCHERS_PER_OFFER_MAX} vouchers`, {
        vouchers_max: VOUCHERS_PER_OFFER_MAX,
      });
    const issued = buyers.map((buyerId) => newVoucher(deps, request, offer, buyerId));
    await insertVouchers(
      tx,
      issued.map(({ row }) => row),
    );
    await recordMove(deps, tx, offer, { move: 'vouchers_issued', actor, reason, vouchersCount: issued.length });
    const data = issued.map(({ row, code }) => ({ ...showVoucher(row, null), code }));
    return { status: 201, body: JSON.stringify({ data }) };
  });
}

function checkIssuing(offer: OfferRow, { buyers, merchantId, validUntil }: IssueVouchers, now: Date): void {
  if (offer.state === 'stopped')
    throw new Refusal('offer_stopped', 'a stopped offer has no new vouchers', { state: 'stopped' });
  if (checkCampaign(offer.campaign).kind !== 'voucher')
    throw new Refusal('invalid_request', 'only an offer of kind "voucher" has vouchers', { param: 'id' });
  if (validUntil !== null && validUntil <= now)
    throw new Refusal('invalid_request', 'a voucher ends in the future', { param: 'valid_until' });
  if (offer.merchantId === null && merchantId === null && buyers.some((buyer) => buyer !== null))
    throw new Refusal('invalid_request', "a buyer's name is one shop's: say which", { param: 'merchant_id' });
}

function newVoucher(
  deps: OffersDeps,
  { actor, merchantId, validUntil }: IssueVouchers,
  offer: OfferRow,
  buyerId: string | null,
): { row: VoucherRow; code: string } {
  const code = newVoucherCode(deps.random);
  const letters = readVoucherCode(code);
  const shop = offer.merchantId ?? merchantId;
  assert(letters !== null, 'our codes are ours');
  const row: VoucherRow = {
    book: offer.book,
    id: newId('vch', deps, offer.book),
    offerId: offer.id,
    tail: tailOf(letters),
    codeHash: hashCode(deps.keyring, letters),
    buyerHash: buyerId === null || shop === null ? null : hashBuyer(deps.keyring, shop, buyerId),
    validUntil,
    issuedAt: deps.clock.now(),
    issuedBy: nameOf(actor),
  };
  return { row, code };
}
