import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { bookOfId, idLetters, isId, newId } from '../../base/id.ts';
import { createRefund } from '../../cashier/create-refund.ts';
import { createTestOrder } from '../../cashier/create-test-order.ts';
import { readMerchants } from '../../cashier/operator-reads.ts';
import { getPayment, getRefund } from '../../cashier/read-payments.ts';
import type { KeyClaim } from '../../db/idempotency-store.ts';
import { formatMoney, isCurrency, money } from '../../money/money.ts';
import type { Scene } from '../../wallets/wallet.ts';
import { CliError, type CliDeps, type Server } from '../command.ts';
import { keepMasterSecrets, makeDataFolder } from '../data-folder.ts';
import { createLifetime, type Lifetime, StopAsked } from '../lifetime.ts';
import { codeOf } from '../explain-error.ts';
import { joinDatabase } from '../open-database.ts';
import { toJson } from '../print.ts';
import { withProgress } from '../progress.ts';
import { MERCHANTS_MAX, publicUrlOf } from '../with-operator.ts';
import { type ShownAction, showAction } from './show-action.ts';

export interface WalletTest {
  accountId: string;
  scene: Scene | null;
  /** Gives the money back without asking. */
  refunds: boolean;
  isJson: boolean;
}

const LOOK_MS = 500;
/** The same for every run, which has nothing to repeat. */
const NO_BODY = createHash('sha256').digest('hex');

/** Places the order, waits for the payment, refunds it on request; everything started for it is stopped at the end. */
export async function runWalletTest(deps: CliDeps, test: WalletTest): Promise<void> {
  const life = createLifetime(deps.terminal);
  try {
    const server = await openWorkingServer(deps, life);
    const owner = await findOwner(server, test.accountId);
    const attempt = await placeOrder(deps, server, test, owner);
    await showOrder(deps, life, test, attempt);
    const payment = await waitForPayment(life, server, owner, attempt);
    tell(
      deps,
      test,
      { event: 'paid', payment },
      `✓ paid: ${amountOf(payment)}, ${payment.wallet ?? ''} ${walletNumberOf(payment)}`,
    );
    if (await wantsRefund(deps, life, test)) await giveBack(deps, life, test, { server, owner, payment });
  } catch (error) {
    throw error instanceof StopAsked
      ? new CliError('Stopped waiting. An order that nobody pays expires by itself.')
      : error;
  } finally {
    await life.end();
  }
}

interface Owner {
  book: number;
  merchantId: `mer_${string}`;
  livemode: boolean;
}

/** The parts of an attempt as the API shows it. */
interface ShownAttempt {
  id: string;
  payment_id: string;
  outcome: string;
  failure: { reason: string; wallet_code: string | null; message: string | null } | null;
  next_action: ShownAction | null;
}

interface ShownPayment {
  id: string;
  amount: { currency: string; minor: string };
  state: string;
  wallet: string | null;
  cancellation_reason: string | null;
  attempts: { outcome: string; wallet_payment_id: string | null; failure: ShownAttempt['failure'] }[];
}

/**
 * A whole server at work: it calls the wallet, asks it, and sends the refund. Where no other one runs it also listens, so
 * that the wallet's notification and the payer's browser find somebody.
 */
async function openWorkingServer(deps: CliDeps, life: Lifetime): Promise<Server> {
  const settings = deps.readSettings();
  const log = deps.makeLog(settings.logLevel);
  await makeDataFolder(settings.dataDir);
  const database = await life.own(
    () => withProgress(deps.terminal, 'Starting the database …', joinDatabase(settings, log)),
    (opened) => opened.stop(),
  );
  const { clock, random } = deps;
  const server = await life.own(
    async () =>
      deps.openServer({
        databaseUrl: database.url,
        publicUrl: publicUrlOf(settings),
        masterSecrets: await keepMasterSecrets(settings, random),
        isSandbox: settings.mode === 'sandbox',
        clock,
        random,
        log,
      }),
    (opened) => opened.stop(),
  );
  server.startWork();
  try {
    await server.app.listen({ port: settings.port, host: settings.host });
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
  }
  return server;
}

async function findOwner(server: Server, accountId: string): Promise<Owner> {
  if (!isId('wa', accountId)) throw new CliError('There is no such wallet account: hutong wallet list shows them all.');
  const book = bookOfId(accountId);
  const { account } = await server.cashier.openWallet(book, accountId);
  const merchants = await readMerchants(server.cashier.deps, book, MERCHANTS_MAX);
  const merchant = merchants.find((candidate) => candidate.id === account.merchantId);
  if (merchant === undefined)
    throw new CliError(`The account's merchant ${account.merchantId} is not among the first ${MERCHANTS_MAX}.`);
  return { book, merchantId: merchant.id, livemode: merchant.livemode };
}

async function placeOrder(deps: CliDeps, server: Server, test: WalletTest, owner: Owner): Promise<ShownAttempt> {
  const { accountId, scene } = test;
  const placed = createTestOrder(server.cashier, {
    ...owner,
    walletAccountId: accountId,
    scene,
    claim: newClaim(deps, owner, 'hutong wallet test'),
  });
  const { body } = await withProgress(deps.terminal, 'Asking the wallet …', placed);
  const attempt: ShownAttempt = JSON.parse(body); // showAttempt's own shape
  if (attempt.outcome === 'failed') throw new CliError(`The wallet refused the order: ${failureOf(attempt.failure)}.`);
  return attempt;
}

async function showOrder(deps: CliDeps, life: Lifetime, test: WalletTest, attempt: ShownAttempt): Promise<void> {
  tell(deps, test, { event: 'order', attempt }, null);
  if (test.isJson) return;
  if (attempt.next_action === null) deps.terminal.note('! the wallet gave no clear answer; it is being asked again');
  else await showAction(deps, life, attempt.next_action);
  deps.terminal.note('Waiting for the payment. Ctrl-C stops waiting.');
}

async function waitForPayment(
  life: Lifetime,
  server: Server,
  owner: Owner,
  attempt: ShownAttempt,
): Promise<ShownPayment> {
  for (;;) {
    const payment = (await getPayment(server.cashier.deps, owner.merchantId, attempt.payment_id)) as ShownPayment; // showPayment's own shape
    if (payment.state === 'succeeded') return payment;
    if (payment.state === 'canceled')
      throw new CliError(`The order was not paid: ${payment.cancellation_reason ?? 'canceled'}.`);
    const last = payment.attempts.at(-1);
    if (last?.outcome === 'failed') throw new CliError(`The order was not paid: ${failureOf(last.failure)}.`);
    await life.during(sleep(LOOK_MS));
  }
}

async function wantsRefund(deps: CliDeps, life: Lifetime, { refunds, isJson }: WalletTest): Promise<boolean> {
  const { questions } = deps.terminal;
  if (refunds) return true;
  if (questions === null || isJson) return false;
  const answer = await life.during(questions.ask('Give the money back now? [Y/n] '));
  return !/^\s*n/i.test(answer);
}

async function giveBack(
  deps: CliDeps,
  life: Lifetime,
  test: WalletTest,
  { server, owner, payment }: { server: Server; owner: Owner; payment: ShownPayment },
): Promise<void> {
  const { book, merchantId } = owner;
  const { body } = await createRefund(server.cashier, {
    book,
    merchantId,
    paymentId: payment.id,
    amount: null,
    items: null,
    reason: 'test order',
    refundNo: null,
    claim: newClaim(deps, owner, 'hutong wallet test refund'),
  });
  const { id }: { id: string } = JSON.parse(body); // showRefund's own shape
  for (;;) {
    const refund = (await getRefund(server.cashier.deps, merchantId, id)) as {
      state: string;
      failure: ShownAttempt['failure'];
    }; // showRefund's own shape
    if (refund.state === 'succeeded')
      return tell(deps, test, { event: 'refunded', refund }, `✓ given back: ${amountOf(payment)}`);
    if (refund.state === 'failed') throw new CliError(`The wallet did not give it back: ${failureOf(refund.failure)}.`);
    await life.during(sleep(LOOK_MS));
  }
}

/** Each run is an order of its own. */
function newClaim(deps: CliDeps, { book, merchantId }: Owner, route: string): KeyClaim {
  return { book, merchantId, key: idLetters(newId('ask', deps, book)), route, fingerprint: NO_BODY };
}

function tell(deps: CliDeps, test: WalletTest, event: object, line: string | null): void {
  if (test.isJson) deps.terminal.print(toJson(event));
  else if (line !== null) deps.terminal.print(line);
}

function amountOf({ amount: { currency, minor } }: ShownPayment): string {
  return isCurrency(currency) ? formatMoney(money(currency, BigInt(minor))) : `${currency} ${minor}`;
}

function walletNumberOf(payment: ShownPayment): string {
  return payment.attempts.find((attempt) => attempt.outcome === 'succeeded')?.wallet_payment_id ?? '';
}

function failureOf(failure: ShownAttempt['failure']): string {
  if (failure === null) return 'the wallet gave no reason';
  const theirs = [failure.wallet_code, failure.message].filter((part) => part !== null && part !== '').join(' ');
  return theirs === '' ? failure.reason : `${failure.reason} (${theirs})`;
}
