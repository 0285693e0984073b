import { assert, assertNever } from '../base/assert.ts';
import { idLetters, newId } from '../base/id.ts';
import { ATTEMPTS_PER_PAYMENT_MAX, STAGED_TRIES_OPEN_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import type { HoldLine } from '../ledger/holds.ts';
import { money } from '../money/money.ts';
import type { PaymentDecision } from '../rollout/rollouts.ts';
import type { Outcome, Payer, PayReply, PayRequest, Scene, Wallet, WalletName } from '../wallets/wallet.ts';
import { addSeconds, askTimes, nextAskAt } from './ask-schedule.ts';
import type { Cashier } from './cashier.ts';
import { decideOutcome, settlePaymentState, wholeSecond } from './decide-outcome.ts';
import type { Effects } from './effects.ts';
import type { LockedFolder } from './folder-lane.ts';
import { isFinal } from './moves.ts';
import { observeSlow } from './observe-payment.ts';
import type { Attempt, Payment } from './payment.ts';
import { decisionNow, decisionOf, type Whereabouts } from './payment-decision.ts';
import { type AttemptPlan, offerChanged, planAttempt, priceWithout } from './plan-attempt.ts';
import { toReply } from './reply.ts';
import { showAttempt } from './show-payment.ts';
import type { OpenedWallet } from './wallet-accounts.ts';

export interface StartAttempt extends Whereabouts {
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
  /** What the buyer was shown that it costs, in minor units; null where that is not known. Nobody is charged more. */
  expectedMinor: bigint | null;
  /** Of that, where the caller named one; another than the payment's own is refused. */
  expectedCurrency?: string;
  claim: KeyClaim | null;
}

export interface StartedAttempt {
  status: number;
  body: string;
  replayed: boolean;
}

/**
 * How often an attempt is planned anew: because another one decided at the same moment what its payment may see, or because an offer is gone
 * that the buyer does not need for the price that he was shown.
 */
const PLANS_MAX = 5;

/** Record, call, record: writes the attempt, asks the wallet for what the buyer does next, writes its answer. */
export async function startAttempt(cashier: Cashier, request: StartAttempt): Promise<StartedAttempt> {
  const opened = await cashier.findWalletFor(request);
  if (!(opened instanceof Refusal)) checkScene(opened.wallet, request);
  for (let planNo = 1; ; planNo++) {
    const recent = planNo === 1 ? cashier.takeRecent(request.paymentId) : null;
    const plan = await planAttempt(cashier, request, recent);
    const recorded = await record(cashier, request, opened, plan).catch((error: unknown) => {
      // What was planned with something old is planned once more with what is; who lost an offer on the way is asked again.
      if (recent === null || !(error instanceof Refusal)) throw error;
      if (error.code === 'offer_changed' && plan.refusal === null) throw error;
      return error;
    });
    if (!(recorded instanceof Refusal)) return 'body' in recorded ? recorded : await send(cashier, request, recorded);
    if (planNo === PLANS_MAX) throw recorded;
  }
}

/** An attempt that is written and has not been sent yet. */
interface Recorded {
  opened: OpenedWallet;
  payment: Payment;
  attempt: Attempt;
}

/** A Refusal where another plan may do. @throws Refusal where none will */
async function record(
  cashier: Cashier,
  request: StartAttempt,
  opened: OpenedWallet | Refusal,
  plan: AttemptPlan,
): Promise<Recorded | StartedAttempt | Refusal> {
  const id = newId('att', cashier.deps, request.book);
  const written: { attempt: Attempt | null; payment: Payment | null } = { attempt: null, payment: null };
  let refusedLine: HoldLine | null = null;
  let isDecidedMeanwhile = false;
  try {
    const recorded = await cashier.change({
      ...request,
      of: request,
      withRefunds: false,
      refundNo: null,
      key: request.claim === null ? null : { step: 'claim', claim: request.claim },
      holds: {
        id,
        lines: plan.lines,
        refuse(line) {
          if (line >= plan.offerLinesCount) return atRisk();
          refusedLine = plan.lines[line] ?? null;
          return offerChanged(0n); // asked anew outside: here nobody may wait
        },
      },
      decide(folder, effects) {
        refusedLine = null; // of a run that was rolled back
        isDecidedMeanwhile = !takeDecision(folder.payment, plan, request.wallet);
        if (isDecidedMeanwhile) throw atRisk();
        written.attempt = recordAttempt(cashier, folder, request, opened, { id, plan }, effects);
        written.payment = { ...folder.payment };
        return null;
      },
    });
    if (recorded.replayed && recorded.reply !== null) return { ...recorded.reply, replayed: true };
  } catch (error) {
    if (isDecidedMeanwhile) return atRisk();
    if (refusedLine === null) throw error;
    const nowMinor = await priceWithout(cashier, request, refusedLine);
    if (request.expectedMinor !== null && nowMinor <= request.expectedMinor) return offerChanged(nowMinor);
    throw offerChanged(nowMinor);
  }
  const { attempt, payment } = written;
  assert(attempt !== null && payment !== null && !(opened instanceof Refusal), 'a recorded attempt is known');
  return { opened, payment, attempt };
}

async function send(
  cashier: Cashier,
  request: StartAttempt,
  { opened, payment, attempt }: Recorded,
): Promise<StartedAttempt> {
  const { clock, rollouts } = cashier.deps;
  const sentAtMs = clock.now().getTime();
  const answer = await opened.wallet.pay(cashier.deps, opened.config, toPayRequest(cashier, payment, attempt, request));
  const tookMs = clock.now().getTime() - sentAtMs;

  const result = await cashier.change({
    ...request,
    of: request,
    withRefunds: 'where_refunded',
    refundNo: null,
    key: request.claim === null ? null : { step: 'finish', claim: request.claim },
    decide(folder, effects) {
      const locked = folder.attempts.find((candidate) => candidate.id === attempt.id);
      assert(locked !== undefined, 'a recorded attempt stays');
      takeAnswer(locked, answer);
      decideOutcome(cashier.decideDeps, folder, locked, toOutcome(answer), 'reply', effects);
      if (locked === folder.attempts[0])
        observeSlow(folder.payment, tookMs, (id) => rollouts.slowMs(request.book, id), effects.observations);
      return toReply(201, showAttempt(locked));
    },
  });
  assert(result.reply !== null, 'the second record has a reply');
  return { ...result.reply, replayed: false };
}

/**
 * The first who comes decides for good. False when somebody else did so since the plan was made, and it does not hold for this wallet: then
 * what is held would be the wrong thing.
 */
function takeDecision(payment: Payment, plan: AttemptPlan, wallet: WalletName): boolean {
  if (plan.decision === null) return true;
  payment.decision ??= plan.decision;
  const of = ({ wallets }: PaymentDecision) => JSON.stringify(wallets.find((one) => one.wallet === wallet) ?? null);
  return payment.decision === plan.decision || of(payment.decision) === of(plan.decision);
}

function atRisk(): Refusal {
  return new Refusal('wallet_not_available', 'the wallet is not available just now', { param: 'wallet' });
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
  planned: Planned,
  effects: Effects,
): Attempt {
  const { payment } = folder;
  const now = cashier.deps.clock.now();
  if (request.expectedCurrency !== undefined && request.expectedCurrency !== payment.currency)
    throw new Refusal('invalid_request', 'a payment is paid in its own currency', {
      param: 'expected_amount.currency',
      in: 'body',
    });
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
  if (!isShown(cashier, folder, request.wallet) || holdsTooMuch(folder, request.wallet, planned.plan)) throw atRisk();
  if (planned.plan.refusal !== null) throw planned.plan.refusal;
  const amountMinor = planned.plan.amountMinor ?? payment.amountMinor;
  if (request.expectedMinor !== null && amountMinor > request.expectedMinor) throw offerChanged(amountMinor);
  const attempt = newAttempt(payment, request, opened, planned, now);
  folder.attempts.push(attempt);
  folder.newAttempts.push(attempt);
  settlePaymentState(cashier.decideDeps, folder, effects);
  return attempt;
}

/** Whether this payment may be paid through this wallet now. */
function isShown({ deps }: Cashier, { payment, attempts }: LockedFolder, wallet: WalletName): boolean {
  if (payment.decision === null) return true;
  const now = decisionNow(deps, payment.book, payment.decision, attempts, wallet);
  return decisionOf(deps, payment, now, wallet).shown;
}

/** One buyer who begins again and again would take a staged wallet from all others. */
function holdsTooMuch(
  { attempts }: LockedFolder,
  wallet: WalletName,
  { lines, offerLinesCount }: AttemptPlan,
): boolean {
  const open = attempts.filter((other) => other.wallet === wallet && other.outcome === 'pending');
  return lines.length > offerLinesCount && open.length >= STAGED_TRIES_OPEN_MAX;
}

/** The id and what was planned for an attempt; its holds stand under this id already. */
interface Planned {
  id: Attempt['id'];
  plan: AttemptPlan;
}

function newAttempt(
  payment: Payment,
  request: StartAttempt,
  opened: OpenedWallet,
  { id, plan }: Planned,
  now: Date,
): Attempt {
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
    amountMinor: plan.amountMinor ?? payment.amountMinor,
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
    discountMinor: plan.discountMinor,
    offers: plan.offers,
    holds: plan.lines.length === 0 ? null : plan.lines,
    holdsState: plan.lines.length === 0 ? null : 'held',
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
