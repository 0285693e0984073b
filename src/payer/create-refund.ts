import { newId } from '../base/id.ts';
import { type Answer, answerJson, problem } from './answer.ts';
import { decideRefund } from './decide-order.ts';
import type { Refund } from './order.ts';
import type { ProtocolSide } from './protocol-side.ts';
import type { NewRefundRequest } from './read-request.ts';
import { findRefundByName } from './refund-store.ts';
import { isRegistered } from './registered-origin.ts';
import { runMoveQuietly } from './run-moves.ts';
import type { ShopWithKeys } from './shop-store.ts';
import { showRefund } from './show-order.ts';

/** So long a shop waits for a bank that is quick; a slow one is told in a notification. */
const REFUND_WAIT_MS = 1500;

/** POST /refunds/{refund_no}. `until` is when the request's signature is over: after that it is as if it had never come. */
export async function createRefund(
  side: ProtocolSide,
  shop: ShopWithKeys,
  refundNo: string,
  wanted: NewRefundRequest,
  until: Date,
): Promise<Answer> {
  const { deps, lane } = side;
  const { merchantNo } = shop;
  const { orderNo, method, amountMinor, notifyUrl } = wanted;
  const sameText = JSON.stringify([merchantNo, refundNo, orderNo, method, amountMinor.toString(), notifyUrl]);
  const isTold = isRegistered(deps, shop, notifyUrl);
  const made = await lane.change({
    of: { name: { merchantNo, orderNo } },
    refundName: { merchantNo, refundNo },
    decide(order, locked) {
      const name = `${merchantNo} ${refundNo}`;
      const known = locked.refunds.get(name);
      if (known !== undefined) {
        const isSame = deps.keyring.isDigest('payer refund', sameText, known.fingerprint);
        return { kind: isSame ? 'same' : 'differs', refund: { ...known }, move: null } as const;
      }
      if (locked.now > until) return { kind: 'late' } as const;
      if (!isTold) return { kind: 'malformed' } as const;
      const refund: Refund = {
        book: deps.book,
        id: newId('wre', deps, deps.book),
        merchantNo,
        refundNo,
        orderNo,
        orderId: order?.id ?? null,
        fingerprint: deps.keyring.digest('payer refund', sameText),
        method,
        amountMinor,
        notifyUrl,
        state: 'accepted',
        reason: null,
        moveId: newId('tr', deps, deps.book),
        createdAt: locked.now,
        endedAt: null,
      };
      decideRefund(order, refund, locked.effects, locked.now);
      locked.refunds.set(name, refund);
      const move = locked.effects.moves.find(({ id }) => id === refund.moveId) ?? null;
      return { kind: 'new', refund: { ...refund }, move } as const;
    },
  });
  if (made.kind === 'late') return problem('time_refused');
  if (made.kind === 'malformed') return problem('malformed', 'notify_url');
  if (made.kind === 'differs') return problem('refund_differs');
  if (made.move !== null) await runMoveQuietly(deps, lane, made.move, REFUND_WAIT_MS);
  side.kick();
  const refund = (await findRefundByName(deps.sql, deps.book, { merchantNo, refundNo })) ?? made.refund;
  return answerJson(made.kind === 'new' ? 201 : 200, showRefund(refund));
}
