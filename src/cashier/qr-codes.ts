import { bookOfId, isId, newId } from '../base/id.ts';
import { QR_CODES_PER_MERCHANT_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import type { Currency } from '../money/money.ts';
import type { CashierDeps } from './deps.ts';
import type { MerchantId } from './payment.ts';
import { findQrCode, insertQrCode, listQrCodes, type QrCode, updateQrCode } from './qr-code-store.ts';
import { type Reply, toReply } from './reply.ts';

/* A shop's codes to scan, as the shop sees them; pay-qr-code.ts is the buyer's side. */

export interface CreateQrCode {
  merchantId: MerchantId;
  label: string;
  currency: Currency;
  amountMinor: bigint | null;
  returnUrl: string | null;
  claim: KeyClaim | null;
}

/** @throws Refusal qr_codes_max */
export async function createQrCode(deps: CashierDeps, request: CreateQrCode): Promise<Reply & { replayed: boolean }> {
  const book = bookOfId(request.merchantId);
  const now = deps.clock.now();
  const { claim, ...given } = request;
  const code: QrCode = { ...given, book, id: newId('qr', deps, book), enabled: true, createdAt: now, updatedAt: now };
  return await withKey(deps.sql, claim, now, null, async (tx) => {
    if (!(await insertQrCode(tx, code, QR_CODES_PER_MERCHANT_MAX)))
      throw new Refusal('qr_codes_max', `a merchant has at most ${QR_CODES_PER_MERCHANT_MAX} codes`);
    return toReply(201, showQrCode(deps, code));
  });
}

/** @throws Refusal not_found, also for another merchant's code */
export async function getQrCode(deps: CashierDeps, merchantId: string, id: string): Promise<object> {
  const code = isId('qr', id) ? await findQrCode(deps.sql, bookOfId(id), id) : null;
  if (code === null || code.merchantId !== merchantId) throw new Refusal('not_found', 'there is no such code');
  return showQrCode(deps, code);
}

/** Newest first; `next` is where the next page starts. */
export async function pageQrCodes(
  deps: CashierDeps,
  wish: { book: number; merchantId: string; before: string | null; itemsMax: number },
): Promise<{ data: object[]; next: string | null }> {
  const codes = await listQrCodes(deps.sql, wish.book, wish.merchantId, wish.before, wish.itemsMax + 1);
  const page = codes.slice(0, wish.itemsMax);
  return {
    data: page.map((code) => showQrCode(deps, code)),
    next: codes.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

/** Names a code anew, or switches it on or off: printed codes cannot be taken back. @throws Refusal not_found */
export async function changeQrCode(
  deps: CashierDeps,
  request: { merchantId: string; id: string; label: string | null; enabled: boolean | null },
): Promise<object> {
  if (!isId('qr', request.id)) throw new Refusal('not_found', 'there is no such code');
  const of = { book: bookOfId(request.id), id: request.id, merchantId: request.merchantId };
  const code = await deps.sql.begin((tx) => updateQrCode(tx, of, { ...request, now: deps.clock.now() }));
  if (code === null) throw new Refusal('not_found', 'there is no such code');
  return showQrCode(deps, code);
}

/** The address that the picture holds. */
export function qrCodeUrl(deps: { publicUrl: string }, id: string): string {
  return `${deps.publicUrl}/q/${id}`;
}

function showQrCode(deps: CashierDeps, code: QrCode): object {
  const url = qrCodeUrl(deps, code.id);
  return {
    id: code.id,
    object: 'qr_code',
    label: code.label,
    currency: code.currency,
    amount: code.amountMinor === null ? null : { currency: code.currency, minor: code.amountMinor.toString() },
    return_url: code.returnUrl,
    enabled: code.enabled,
    url,
    poster_url: `${url}/poster.pdf`,
    created_at: code.createdAt.toISOString(),
    updated_at: code.updatedAt.toISOString(),
  };
}
