import { assertNever } from '../base/assert.ts';
import { idLetters, newId } from '../base/id.ts';
import { ATTEMPTS_PER_PAYMENT_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { money } from '../money/money.ts';
import type { Outcome, Payer, PayReply, PayRequest, Scene, Wallet, WalletName } from '../wallets/wallet.ts';
import { addSeconds, askTimes, nextAskAt } from './ask-schedule.ts';
import type { Cashier } from './cashier.ts';
import { decideOutcome, settlePaymentState, wholeSecond } from './decide-outcome.ts';
import type { LockedFolder } from './folder-lane.ts';
import { isFinal } from './moves.ts';
import type { Attempt, Payment } from './payment.ts';
import { toReply } from './reply.ts';
import { showAttempt } from './show-payment.ts';
import type { OpenedWallet } from './wallet-accounts.ts';

export interface StartAttempt {
  book: number;
  paymentId: string;
  /** Whose payment it is: the caller, or on the buyer's own page the payment's merchant. */
  merchantId: string;
  wallet: WalletName;
  scene: Scene;
  /** One account of the wallet in particular; null takes the first that works in this scene. */
  walletAccountId: string | null;
  buyerIp: string | null;
  payer: Payer | null;
  paymentCode: string | null;
  claim: KeyClaim | null;
}

export interface StartedAttempt {
  status: number;
  body: string;
  replayed: boolean;
}

/** Record, call, record: writes the attempt, asks the wallet for what the buyer does next, writes its answer. */
export async function startAttempt(cashier: Cashier, request: StartAttempt): Promise<StartedAttempt> {
  const opened = await cashier.findWalletFor(request);
  if (!(opened instanceof Refusal)) checkScene(opened.wallet, request);
  let attempt: Attempt | null = null;
  let payment: Payment | null = null;
  const recorded = await cashier.change({
    ...request,
    of: request,
    withRefunds: false,
    refundNo: null,
    key: request.claim === null ? null : { step: 'claim', claim: request.claim },
    decide(folder) {
      attempt = recordAttempt(cashier, folder, request, opened);
      payment = { ...folder.payment };
      return null;
    },
  });
  if (recorded.replayed && recorded.reply !== null) return { ...recorded.reply, replayed: true };
  const started = attempt as Attempt | null; // assigned inside decide, which the compiler cannot see
  const payable = payment as Payment | null;
  if (started === null || payable === null || opened instanceof Refusal)
    throw new Error('assertion failed: a recorded attempt is known');

  const answer = await opened.wallet.pay(cashier.deps, opened.config, toPayRequest(cashier, payable, started, request));

  const result = await cashier.change({
    ...request,
    of: request,
    withRefunds: false,
    refundNo: null,
    key: request.claim === null ? null : { step: 'finish', claim: request.claim },
    decide(folder, effects) {
      const locked = folder.attempts.find((candidate) => candidate.id === started.id);
      if (locked === undefined) throw new Error('assertion failed: a recorded attempt stays');
      takeAnswer(locked, answer);
      decideOutcome(cashier.decideDeps, folder, locked, toOutcome(answer), 'reply', effects);
      return toReply(201, showAttempt(locked));
    },
  });
  if (result.reply === null) throw new Error('assertion failed: the second record has a reply');
  return { ...result.reply, replayed: false };
}

/** What a scene needs comes with it, and nothing that it does not need. @throws Refusal invalid_request */
function checkScene(wallet: Wallet<unknown>, request: StartAttempt): void {
  const isCode = request.scene === 'code';
  if (isCode !== (request.paymentCode !== null))
    throw new Refusal('invalid_request', 'a payment code comes with the scene "code" and with no other', {
      param: 'payment_code',
      in: 'body',
    });
  if (request.paymentCode !== null && wallet.can.paymentCode?.pattern.test(request.paymentCode) !== true)
    throw new Refusal('invalid_request', 'not a payment code of this wallet', { param: 'payment_code', in: 'body' });
  const wantsPayer = request.scene === 'jsapi' && wallet.identify !== null;
  if (wantsPayer !== (request.payer !== null))
    throw new Refusal('invalid_request', 'a payer is named in the scene "jsapi" where the wallet asks for one', {
      param: 'payer',
      in: 'body',
    });
}

function recordAttempt(
  cashier: Cashier,
  folder: LockedFolder,
  request: StartAttempt,
  opened: OpenedWallet | Refusal,
): Attempt {
  const { payment } = folder;
  const now = cashier.deps.clock.now();
  if (payment.state === 'succeeded') throw new Refusal('payment_already_succeeded', 'the payment has been paid');
  if (isFinal(payment.state) || payment.cancelRequestedAt !== null || now >= payment.expiresAt)
    throw new Refusal('payment_not_payable', 'the payment was canceled or its time is over');
  if (folder.attempts.some((other) => other.outcome === 'unknown'))
    throw new Refusal('payment_processing', 'an earlier try may have gone through; its wallet is being asked', {
      retryAfterSeconds: 5,
    });
  if (folder.attempts.length >= ATTEMPTS_PER_PAYMENT_MAX)
    throw new Refusal('payment_not_payable', 'the payment was tried too often', {
      attempts_max: ATTEMPTS_PER_PAYMENT_MAX,
    });
  if (opened instanceof Refusal) throw opened;
  if (!opened.wallet.can.currencies.includes(payment.currency))
    throw new Refusal('wallet_not_available', 'the wallet does not take this currency', { param: 'wallet' });
  const attempt = newAttempt(cashier, payment, request, opened, now);
  folder.attempts.push(attempt);
  folder.newAttempts.push(attempt);
  settlePaymentState(cashier.decideDeps, folder, { postings: [], refunds: [], alerts: [], events: [] });
  return attempt;
}

function newAttempt(
  cashier: Cashier,
  payment: Payment,
  request: StartAttempt,
  opened: OpenedWallet,
  now: Date,
): Attempt {
  const id = newId('att', cashier.deps, payment.book);
  const { can } = opened.wallet;
  const expiresAt =
    request.scene === 'code' && can.paymentCode !== null
      ? addSeconds(wholeSecond(now), can.paymentCode.undoAfterSeconds)
      : payment.expiresAt;
  return {
    book: payment.book,
    id,
    paymentId: payment.id,
    merchantId: payment.merchantId,
    wallet: request.wallet,
    walletAccountId: opened.account.id,
    scene: request.scene,
    orderNo: idLetters(id),
    orderedAt: wholeSecond(now),
    currency: payment.currency,
    amountMinor: payment.amountMinor,
    subject: payment.subject,
    outcome: 'pending',
    settled: null,
    failureReason: null,
    failureCode: null,
    failureMessage: null,
    unknownReason: null,
    nextAction: null,
    walletPaymentId: null,
    walletFacts: null,
    occurredAt: null,
    finishedAt: null,
    paidMinor: 0n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    discountMinor: 0n,
    offers: null,
    holds: null,
    holdsState: null,
    orderBackMinor: 0n,
    reported: null,
    asksCount: 0,
    expiresAt,
    createdAt: now,
    // If we die before the answer is written, this is when somebody asks the wallet instead.
    dueAt: nextAskAt(askTimes(can, request.scene), {
      outcome: 'pending',
      asksCount: 0,
      startedAt: now,
      expiresAt,
      now,
    }),
    undoRequestedAt: null,
  };
}

function toPayRequest(cashier: Cashier, payment: Payment, attempt: Attempt, request: StartAttempt): PayRequest {
  return {
    orderNo: attempt.orderNo,
    orderedAt: attempt.orderedAt,
    amount: money(attempt.currency, attempt.amountMinor),
    scene: attempt.scene,
    subject: attempt.subject,
    expiresAt: attempt.expiresAt,
    notifyUrl: cashier.notifyUrl(attempt),
    returnUrl: cashier.buyerReturnUrl(payment.id),
    buyerIp: request.buyerIp,
    payer: request.payer,
    paymentCode: request.paymentCode,
  };
}

function takeAnswer(attempt: Attempt, answer: PayReply): void {
  if (answer.kind === 'pending') attempt.nextAction = answer.action;
}

function toOutcome(answer: PayReply): Outcome {
  switch (answer.kind) {
    case 'pending':
      return { kind: 'pending' };
    case 'succeeded':
    case 'failed':
    case 'unknown':
      return answer;
    default:
      return assertNever(answer);
  }
}
