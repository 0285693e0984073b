import type { Sql } from '../../src/db/connect.ts';
import { BOOK } from '../../src/hutong.ts';
import { type AccountKind, chartAccountId } from '../../src/ledger/chart.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { ShownOrder } from '../../src/sandbox/wallets/ground/control.ts';
import type { PretendWallet } from '../pretend-wallets.ts';
import type { Acknowledged } from './patient-caller.ts';
import type { ShopRecords } from './check-acknowledged.ts';
import type { Accepted } from './webhook-receiver.ts';

type Wallets = readonly PretendWallet[];

/** Our payments and the wallets', order by order, in both directions. */
export function comparePayments(records: ShopRecords, wallets: Wallets): string[] {
  const theirs = new Map(wallets.map((wallet) => [wallet.name as string, byOrderNo(ordersOf(wallet, 'payment'))]));
  const revoked = listRevoked(wallets);
  const wrong = [...theirs.values()].flatMap(twice);
  for (const payment of records.payments.values()) {
    const orderOf = (attempt: { id: string; wallet: string }): ShownOrder | undefined =>
      theirs.get(attempt.wallet)?.get(lettersOf(attempt.id))?.[0];
    const paid = payment.attempts.filter((attempt: { id: string; wallet: string }) =>
      isPaid(revoked, orderOf(attempt)),
    );
    const accepted = paid.filter((attempt: { settled: string }) => attempt.settled === 'accepted');
    if (!['succeeded', 'canceled'].includes(payment.state)) wrong.push(`${payment.id} is still ${payment.state}`);
    if (accepted.length !== (payment.state === 'succeeded' ? 1 : 0))
      wrong.push(`${payment.id} is ${payment.state}, and ${accepted.length} attempts count`);
    for (const attempt of payment.attempts) wrong.push(...compareAttempt(payment, attempt, orderOf(attempt), revoked));
  }
  const known = new Map([...records.attempts.values()].map((attempt) => [lettersOf(attempt.id), attempt.wallet]));
  for (const [wallet, orders] of theirs)
    for (const orderNo of orders.keys())
      if (known.get(orderNo) !== wallet) wrong.push(`${wallet} has ${orderNo}, we do not`);
  return wrong;
}

/** As the API shows them; read field by field. */
type Shown = ReturnType<typeof JSON.parse>;

/** One attempt, as the API shows it, and the wallet's order of that name. */
export function compareAttempt(
  payment: Shown,
  attempt: Shown,
  order: ShownOrder | undefined,
  revoked: Revoked,
): string[] {
  const wrong: string[] = [];
  const name = `${attempt.id} (${attempt.wallet} ${attempt.scene})`;
  const paid = isPaid(revoked, order);
  if (attempt.outcome !== (paid ? 'succeeded' : 'failed'))
    wrong.push(`${name} is ${attempt.outcome}, there it is ${order?.state ?? 'absent'}`);
  if (order === undefined) return wrong;
  if (order.amount_fen !== attempt.to_pay.minor)
    wrong.push(`${name} is over ${attempt.to_pay.minor} here and ${order.amount_fen} there`);
  if (BigInt(attempt.to_pay.minor) + BigInt(attempt.discount.minor) !== BigInt(payment.amount.minor))
    wrong.push(`${name}: ${attempt.to_pay.minor} and ${attempt.discount.minor} off are not ${payment.amount.minor}`);
  if (paid && attempt.settled === 'surplus' && order.refunded_fen !== order.amount_fen)
    wrong.push(`${name} is surplus, and ${order.refunded_fen} of ${order.amount_fen} went back`);
  if (paid && attempt.settled === 'accepted' && order.refunded_fen !== payment.refunded.minor)
    wrong.push(`${name}: ${payment.refunded.minor} refunded here, ${order.refunded_fen} there`);
  return wrong;
}

export type Revoked = ReadonlySet<string>;

/** Whether the wallet has the buyer's money, or had it until it was refunded: what was undone is as if it had not been. */
function isPaid(revoked: Revoked, order: ShownOrder | undefined): boolean {
  return order?.state === 'succeeded' && !revoked.has(order.order_no);
}

/** JD's undo of a paid order is a transaction of its own in JD's books; elsewhere the order itself is `reversed`. */
export function listRevoked(wallets: Wallets): Revoked {
  const orders = wallets.flatMap((wallet) => wallet.sandbox.orders());
  const revokes = orders.filter((order) => order.via === 'revoke' && order.state === 'succeeded');
  return new Set(revokes.map((order) => order.original_order_no ?? ''));
}

/** What was undone at a wallet: never called paid here, to nobody, and not refunded beside. */
export function compareUndone(records: ShopRecords, wallets: Wallets, told: readonly Acknowledged[]): string[] {
  const undone = [...listRevoked(wallets)];
  for (const wallet of wallets)
    for (const order of ordersOf(wallet, 'payment')) if (order.state === 'reversed') undone.push(order.order_no);
  const wrong: string[] = [];
  const refunded = new Set([...records.refunds.values()].map((refund) => refund.attempt_id));
  const toldPaid = new Set(told.filter(({ json }) => json.outcome === 'succeeded').map(({ json }) => json.id));
  for (const orderNo of undone) {
    const attempt = records.attempts.get(`att_${orderNo}`);
    if (attempt === undefined || attempt.outcome !== 'failed' || attempt.settled !== null)
      wrong.push(`${orderNo} was undone, and is ${attempt?.outcome ?? 'nothing'} ${attempt?.settled ?? ''} here`);
    if (refunded.has(`att_${orderNo}`)) wrong.push(`${orderNo} was undone, and refunded beside`);
    if (toldPaid.has(`att_${orderNo}`)) wrong.push(`${orderNo} was undone, and somebody was told that it is paid`);
  }
  return wrong;
}

export function compareRefunds(records: ShopRecords, wallets: Wallets): string[] {
  const theirs = byOrderNo(wallets.flatMap((wallet) => ordersOf(wallet, 'refund')));
  const wrong = twice(theirs);
  for (const refund of records.refunds.values()) {
    const order = theirs.get(lettersOf(refund.id))?.[0];
    const through = refund.through_wallet.minor;
    // What is all discount goes back to who paid for the offers; no wallet hears of it.
    const there = order?.state === 'succeeded' || through === '0' ? 'succeeded' : 'failed';
    if (refund.state !== there) wrong.push(`${refund.id} is ${refund.state}, there it is ${order?.state ?? 'absent'}`);
    if (order !== undefined && order.amount_fen !== through)
      wrong.push(`${refund.id} is over ${through} here and ${order.amount_fen} there`);
    if (order !== undefined && order.original_order_no !== lettersOf(refund.attempt_id))
      wrong.push(
        `${refund.id} of ${refund.attempt_id} went back on ${order.original_order_no} (${refund.wallet} ${refund.method})`,
      );
  }
  const known = new Set([...records.refunds.keys()].map(lettersOf));
  for (const orderNo of theirs.keys())
    if (!known.has(orderNo)) wrong.push(`the wallet refunded ${orderNo}, we did not`);
  return wrong;
}

/** Without the undoings, which are no refunds of ours. */
function ordersOf(wallet: PretendWallet, kind: ShownOrder['kind']): ShownOrder[] {
  return wallet.sandbox.orders().filter((order) => order.kind === kind && order.via !== 'revoke');
}

/** The ledger against itself, against each wallet's totals and against the payments. */
export async function compareLedger(
  ledger: Pick<Ledger, 'lookupAccounts'>,
  sql: Sql,
  merchantId: string,
  records: ShopRecords,
  wallets: Wallets,
): Promise<string[]> {
  const verification = await verifyLedger({ sql });
  let owed = 0n;
  for (const payment of records.payments.values())
    if (payment.state === 'succeeded') owed += BigInt(payment.amount.minor);
  // In the order's money: the merchant is credited with the whole price, and gives the whole of what is refunded.
  for (const refund of records.refunds.values())
    if (!refund.automatic && refund.state === 'succeeded') owed -= BigInt(refund.amount.minor);
  const balance = (kind: AccountKind, owner: string): Promise<bigint> => balanceOf(ledger, kind, owner);
  const rows: [string, bigint, bigint][] = [['merchant_payable', await balance('merchant_payable', merchantId), owed]];
  for (const { name, accountId, sandbox } of wallets) {
    rows.push([`wallet_receivable of ${name}`, -(await balance('wallet_receivable', accountId)), netOf(sandbox)]);
    rows.push([`refunds_in_flight of ${name}`, await balance('refunds_in_flight', accountId), 0n]);
    rows.push([`suspense of ${name}`, await balance('suspense', accountId), 0n]);
  }
  return [
    ...(verification.ok ? [] : [verification.text]),
    ...rows.flatMap(([what, is, should]) => (is === should ? [] : [`${what} is ${is}, it should be ${should}`])),
  ];
}

/** Over all numbers of the wallet: JD has one of its own for payment codes, and nobody else trades there. */
function netOf(sandbox: PretendWallet['sandbox']): bigint {
  return sandbox.totals().reduce((sum, total) => sum + BigInt(total.net_fen), 0n);
}

/** On the side of credits. */
async function balanceOf(ledger: Pick<Ledger, 'lookupAccounts'>, kind: AccountKind, owner: string): Promise<bigint> {
  const [account] = await ledger.lookupAccounts([chartAccountId(kind, owner, 'CNY', BOOK)]);
  if (account === undefined) throw new Error(`there is no account ${kind} of ${owner}`);
  return account.creditsPosted - account.debitsPosted;
}

/** Every event was taken at least once, and for the first time in the order in which things happened to its object. */
export async function compareWebhooks(
  sql: Sql,
  accepted: readonly Accepted[],
  records: ShopRecords,
): Promise<string[]> {
  const events = await sql<{ id: string; type: string; object_id: string }[]>`
    select id, type, object_id from events order by object_id, object_seq`;
  const wanted = groupIds(events.map((event) => ({ id: event.id, objectId: event.object_id })));
  const heard = groupIds(accepted);
  const wrong: string[] = [];
  for (const [objectId, ids] of wanted)
    if (ids.join() !== (heard.get(objectId) ?? []).join())
      wrong.push(`${objectId}: happened ${ids.join()}, was heard ${(heard.get(objectId) ?? []).join()}`);
  for (const objectId of heard.keys()) if (!wanted.has(objectId)) wrong.push(`${objectId} was told and never happened`);
  const told = new Set(events.map((event) => `${event.object_id} ${event.type}`));
  for (const payment of records.payments.values())
    if (!told.has(`${payment.id} payment.${payment.state}`))
      wrong.push(`nobody was told that ${payment.id} ${payment.state}`);
  for (const refund of records.refunds.values())
    if (!told.has(`${refund.id} refund.${refund.state}`))
      wrong.push(`nobody was told that ${refund.id} ${refund.state}`);
  return wrong;
}

/** Ids by object, each where it came first. */
function groupIds(list: readonly { id: string; objectId: string }[]): Map<string, string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { id, objectId } of list) {
    const group = groups.get(objectId) ?? new Set();
    groups.set(objectId, group.add(id));
  }
  return new Map([...groups].map(([objectId, ids]) => [objectId, [...ids]]));
}

function byOrderNo(orders: readonly ShownOrder[]): Map<string, ShownOrder[]> {
  const map = new Map<string, ShownOrder[]>();
  for (const order of orders) map.set(order.order_no, [...(map.get(order.order_no) ?? []), order]);
  return map;
}

function twice(orders: ReadonlyMap<string, ShownOrder[]>): string[] {
  return [...orders].flatMap(([orderNo, list]) =>
    list.length === 1 ? [] : [`the wallet has ${orderNo} ${list.length} times`],
  );
}

/** Our order number at the wallet is the id without its prefix. */
function lettersOf(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}
