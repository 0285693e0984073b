import { createHash } from 'node:crypto';
import { idLetters, isId, newId } from '../base/id.ts';
import { PAYMENT_SECONDS_USUAL } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { money } from '../money/money.ts';
import type { Scene } from '../wallets/wallet.ts';
import type { Cashier } from './cashier.ts';
import type { MerchantId } from './payment.ts';
import { startAttempt, type StartedAttempt } from './start-attempt.ts';

export interface CreateTestOrder {
  book: number;
  merchantId: MerchantId;
  livemode: boolean;
  walletAccountId: string;
  /** Null takes a code to scan where the account has that, else a page. */
  scene: Scene | null;
  claim: KeyClaim;
}

/** Where a person can pay without an app of the merchant's: the first of these that the account works in. */
const SCENES: readonly Scene[] = ['qr', 'web', 'wap'];

/**
 * Places an order of one minor unit through one account and tells the attempt with what the payer does next: the way to see
 * that a new account works before any buyer meets it. Asked again with the same key it tells the same.
 * @throws Refusal not_found, wallet_not_available
 */
export async function createTestOrder(cashier: Cashier, request: CreateTestOrder): Promise<StartedAttempt> {
  const { deps } = cashier;
  const { book, merchantId, livemode } = request;
  if (!isId('wa', request.walletAccountId)) throw new Refusal('not_found', 'there is no such wallet account');
  const opened = await cashier.openWallet(book, request.walletAccountId);
  if (opened.account.merchantId !== merchantId) throw new Refusal('not_found', 'there is no such wallet account');
  const can = opened.wallet.scenes(opened.config);
  const scene = request.scene ?? SCENES.find((candidate) => can.includes(candidate));
  if (scene === undefined || !can.includes(scene))
    throw new Refusal('wallet_not_available', 'the wallet does not work in this scene', { param: 'scene' });
  const created = await cashier.create(book, {
    merchantId,
    livemode,
    orderNo: `TEST-${idLetters(newId('ask', deps, book))}`,
    amount: money(opened.wallet.can.currencies[0] ?? 'CNY', 1n),
    subject: '测试订单 Test order',
    returnUrl: `${deps.publicUrl}/docs`,
    expiresInSeconds: PAYMENT_SECONDS_USUAL,
    linkCode: null,
    metadata: { test_order: opened.account.id },
    buyer: null,
    items: null,
    vouchers: null,
    claim: { ...request.claim, key: `test-order ${createHash('sha256').update(request.claim.key).digest('hex')}` },
  });
  if (created.reply === null) throw new Error('assertion failed: a new payment has a reply');
  const { id }: { id: string } = JSON.parse(created.reply.body); // showPayment's own shape
  return await startAttempt(cashier, {
    book,
    paymentId: id,
    merchantId,
    wallet: opened.wallet.name,
    scene,
    walletAccountId: opened.account.id,
    buyerIp: null,
    payer: null,
    paymentCode: null,
    expectedMinor: null,
    app: null,
    device: null,
    claim: request.claim,
  });
}
