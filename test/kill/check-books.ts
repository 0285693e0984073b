import type { Sql } from '../../src/db/connect.ts';
import { BOOK } from '../../src/hutong.ts';
import { type AccountKind, chartAccountId } from '../../src/ledger/chart.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { ShownOrder } from '../../src/sandbox/wallets/ground/control.ts';
import type { UnionpaySandbox } from '../../src/sandbox/wallets/unionpay/unionpay.ts';
import type { ShopRecords } from './check-acknowledged.ts';
import type { Accepted } from './webhook-receiver.ts';

/** Our payments and the simulator's, order by order, in both directions. */
export function comparePayments(records: ShopRecords, unionpay: UnionpaySandbox): string[] {
  const theirs = byOrderNo(unionpay.orders().filter((order) => order.txn_type === '01'));
  const wrong = twice(theirs);
  for (const payment of records.payments.values()) {
    const paid = payment.attempts.filter(
      (attempt: { id: string }) => theirs.get(lettersOf(attempt.id))?.[0]?.state === 'succeeded',
    );
    const accepted = paid.filter((attempt: { settled: string }) => attempt.settled === 'accepted');
    if (!['succeeded', 'canceled'].includes(payment.state)) wrong.push(`${payment.id} is still ${payment.state}`);
    if (accepted.length !== (payment.state === 'succeeded' ? 1 : 0))
      wrong.push(`${payment.id} is ${payment.state}, and ${accepted.length} attempts count`);
    for (const attempt of payment.attempts) {
      const order = theirs.get(lettersOf(attempt.id))?.[0];
      const isPaid = order?.state === 'succeeded';
      if (attempt.outcome !== (isPaid ? 'succeeded' : 'failed'))
        wrong.push(`${attempt.id} is ${attempt.outcome}, there it is ${order?.state ?? 'absent'}`);
      if (order !== undefined && order.amount_fen !== payment.amount.minor)
        wrong.push(`${attempt.id} is over ${payment.amount.minor} here and ${order.amount_fen} there`);
      if (isPaid && attempt.settled === 'surplus' && order.refunded_fen !== order.amount_fen)
        wrong.push(`${attempt.id} is surplus, and ${order.refunded_fen} of ${order.amount_fen} went back`);
      if (isPaid && attempt.settled === 'accepted' && order.refunded_fen !== payment.refunded.minor)
        wrong.push(`${payment.id}: ${payment.refunded.minor} refunded here, ${order.refunded_fen} there`);
    }
  }
  const known = new Set([...records.attempts.keys()].map(lettersOf));
  for (const orderNo of theirs.keys()) if (!known.has(orderNo)) wrong.push(`the wallet has ${orderNo}, we do not`);
  return wrong;
}

export function compareRefunds(records: ShopRecords, unionpay: UnionpaySandbox): string[] {
  const theirs = byOrderNo(unionpay.orders().filter((order) => order.txn_type !== '01'));
  const wrong = twice(theirs);
  for (const refund of records.refunds.values()) {
    const order = theirs.get(lettersOf(refund.id))?.[0];
    const there = order?.state === 'succeeded' ? 'succeeded' : 'failed';
    if (refund.state !== there) wrong.push(`${refund.id} is ${refund.state}, there it is ${order?.state ?? 'absent'}`);
    if (order !== undefined && order.amount_fen !== refund.amount.minor)
      wrong.push(`${refund.id} is over ${refund.amount.minor} here and ${order.amount_fen} there`);
    if (order !== undefined && order.original_order_no !== lettersOf(refund.attempt_id))
      wrong.push(`${refund.id} went back on another order`);
  }
  const known = new Set([...records.refunds.keys()].map(lettersOf));
  for (const orderNo of theirs.keys())
    if (!known.has(orderNo)) wrong.push(`the wallet refunded ${orderNo}, we did not`);
  return wrong;
}

export interface LedgerOwners {
  merchantId: string;
  walletAccountId: string;
  /** The merchant's number at the wallet. */
  merchantNo: string;
}

/** The ledger against itself, against the wallet's totals and against the payments. */
export async function compareLedger(
  ledger: Pick<Ledger, 'lookupAccounts'>,
  sql: Sql,
  owners: LedgerOwners,
  records: ShopRecords,
  unionpay: UnionpaySandbox,
): Promise<string[]> {
  const verification = await verifyLedger({ sql });
  const theirs = unionpay.totals().find((total) => total.merchant_no === owners.merchantNo);
  let owed = 0n;
  for (const payment of records.payments.values())
    if (payment.state === 'succeeded') owed += BigInt(payment.amount.minor) - BigInt(payment.refunded.minor);
  const balance = (kind: AccountKind, owner: string): Promise<bigint> => balanceOf(ledger, kind, owner);
  const rows: [string, bigint, bigint][] = [
    [
      'wallet_receivable',
      -(await balance('wallet_receivable', owners.walletAccountId)),
      BigInt(theirs?.net_fen ?? '-1'),
    ],
    ['merchant_payable', await balance('merchant_payable', owners.merchantId), owed],
    ['refunds_in_flight', await balance('refunds_in_flight', owners.walletAccountId), 0n],
    ['suspense', await balance('suspense', owners.walletAccountId), 0n],
  ];
  return [
    ...(verification.ok ? [] : [verification.text]),
    ...rows.flatMap(([name, is, should]) => (is === should ? [] : [`${name} is ${is}, it should be ${should}`])),
  ];
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
