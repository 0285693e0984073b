import { createListGatherer } from '../base/gather.ts';
import type { OffersDeps } from './offers-deps.ts';
import type { QuoteRequest } from './offers.ts';
import type { HeldVoucher } from './quote-input.ts';
import { isBuyerOf, isCodeOf, readVoucherCode, tailOf } from './voucher-code.ts';
import { listVouchersByTail, type VoucherRow } from './voucher-store.ts';

/** No shop names a buyer so: a voucher of somebody else is there, and is not this buyer's. */
const SOMEBODY_ELSE = '';

/** The vouchers behind the codes that each request brings; codes that open nothing are left out. Same index out as in. */
export type FindVouchers = (requests: readonly QuoteRequest[]) => Promise<readonly HeldVoucher[][]>;

/** One statement for all that ask at once. Nothing is remembered: that a voucher was issued is true for ever, and codes stay where they are. */
export function createVoucherFinder({
  sql,
  keyring,
  book,
}: Pick<OffersDeps, 'sql' | 'keyring' | 'book'>): FindVouchers {
  const gather = createListGatherer<string, readonly VoucherRow[]>(async (tails) => {
    const rows = await listVouchersByTail(sql, book, [...new Set(tails)]);
    return tails.map((tail) => rows.filter((row) => row.tail === tail));
  });

  return async (requests) => {
    const codes = requests.map((request) => [...new Set(request.vouchers.map(readVoucherCode))].filter(isText));
    const all = codes.flat();
    if (all.length === 0) return requests.map(() => []);
    const found = await gather(all.map(tailOf));
    let at = 0;
    return requests.map((request, index) =>
      (codes[index] ?? []).flatMap((letters) => {
        const row = found[at++]?.find(({ codeHash }) => isCodeOf(keyring, letters, codeHash));
        return row === undefined ? [] : [toHeld(row, request)];
      }),
    );
  };

  function toHeld(row: VoucherRow, { merchantId, buyer }: QuoteRequest): HeldVoucher {
    const { id, offerId, buyerHash, validUntil } = row;
    const isTheirs = buyerHash !== null && buyer.id !== null && isBuyerOf(keyring, merchantId, buyer.id, buyerHash);
    const buyerId = buyerHash === null ? null : isTheirs ? buyer.id : SOMEBODY_ELSE;
    return { id, offerId, buyerId, until: validUntil };
  }
}

function isText(text: string | null): text is string {
  return text !== null;
}
