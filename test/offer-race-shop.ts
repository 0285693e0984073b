import { expect } from 'vitest';
import { findAttempt } from '../src/cashier/attempt-store.ts';
import { BOOK } from '../src/hutong.ts';
import { type LimitStanding, readStandings } from '../src/ledger/read-room.ts';
import type { CampaignDocument } from '../src/offers/campaign.ts';
import { campaignOf, OPERATOR, publish } from '../src/offers/test-offers.ts';
import { readRecords, type ShopRecords } from './kill/check-acknowledged.ts';
import { compareLedger, compareRefunds } from './kill/check-books.ts';
import { compareGrants, compareLimits } from './kill/check-offers.ts';
import { callPatiently } from './kill/patient-caller.ts';
import { eventually, type TestReply } from './server.ts';
import { type Node, startTwoNodes, type TwoNodes } from './two-nodes.ts';

/** What every order of a race costs before anything is taken off. */
const PRICE = { currency: 'CNY', minor: '10000' };

/** A shop on two nodes whose offers are fought for: its orders go to one node and the other by turns. */
export interface RaceShop {
  two: TwoNodes;
  a: Node;
  b: Node;
  /** The nodes by turns. */
  nodeOf(index: number): Node;
  /** Published on one node; both quote `seen` when this is over. ¥5.00 off unless said otherwise. */
  offer(over?: Partial<CampaignDocument>, seen?: string): Promise<string>;
  stopOffer(id: string): Promise<unknown>;
  bothQuote(minor: string): Promise<void>;
  /** A payment of ¥100.00. @returns its id */
  create(more?: object): Promise<string>;
  createMany(count: number): Promise<string[]>;
  /** How many were created. */
  ordersCount(): number;
  show(id: string): Promise<TestReply['json']>;
  inState(id: string, state: string): Promise<unknown>;
  /** The buyer agrees to pay `expected`. */
  start(node: Node, id: string, expected: string, key?: string): Promise<TestReply>;
  startAll(ids: readonly string[], expected: string): Promise<TestReply[]>;
  /** Pays what has begun, and waits until it is heard. */
  pay(started: TestReply): Promise<void>;
  payAll(started: readonly TestReply[]): Promise<unknown>;
  /** How a limit stands that some attempt has held. */
  standing(started: TestReply | undefined, name: RegExp): Promise<LimitStanding | undefined>;
  /** After a race nothing is held any more, every limit is used by what was paid, and the books agree with the wallet's. */
  endRace(): Promise<void>;
}

export async function openRaceShop(): Promise<RaceShop> {
  const two = await startTwoNodes();
  const [a, b] = two.nodes;
  let orders = 0;
  const nodeOf = (index: number): Node => (index % 2 === 0 ? a : b);
  const show: RaceShop['show'] = async (id) => (await a.call('GET', `/v1/payments/${id}`)).json;
  const stopOffer = (id: string) => a.offers.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });

  async function bothQuote(minor: string): Promise<void> {
    for (const node of [a, b])
      await eventually(`both nodes to quote ${minor}`, async () => {
        const { json } = await node.call('POST', '/v1/offers/quote', { amount: PRICE, buyer: { id: 'nobody' } });
        return json.quotes[0]?.to_pay.minor === minor;
      });
  }

  async function create(more: object = {}): Promise<string> {
    orders += 1;
    const reply = await nodeOf(orders).call('POST', '/v1/payments', {
      order_no: `offer-race-${orders}`,
      amount: PRICE,
      subject: '雨前龙井',
      return_url: 'https://shop.example/orders',
      ...more,
    });
    expect(reply.status, JSON.stringify(reply.json)).toBe(201);
    return reply.json.id;
  }

  const start: RaceShop['start'] = (node, id, expected, key) =>
    node.call(
      'POST',
      `/v1/payments/${id}/attempts`,
      { wallet: 'unionpay', scene: 'app', expected_amount: { currency: 'CNY', minor: expected } },
      key === undefined ? {} : { 'idempotency-key': key },
    );

  const inState = (id: string, state: string) =>
    eventually(`${id} to be ${state}`, async () => (await show(id)).state === state);

  async function pay(started: TestReply): Promise<void> {
    two.unionpay.pay(orderNoOf(started));
    await inState(started.json.payment_id, 'succeeded');
  }

  async function cancelOpen({ payments }: ShopRecords): Promise<void> {
    const open = [...payments.values()].filter(
      ({ state, attempts }) => attempts.length > 0 && state !== 'succeeded' && state !== 'canceled',
    );
    await Promise.all(open.map(({ id }) => a.call('POST', `/v1/payments/${id}/cancel`)));
  }

  async function endRace(): Promise<void> {
    two.unionpay.clearFaults();
    const { json } = await a.call('GET', '/v1/offers?state=published');
    for (const { id } of json.data) await stopOffer(id);
    const call = callPatiently(a.url, { authorization: `Bearer ${two.apiKey}` });
    let differences: string[] = [];
    await eventually(
      'the books to agree',
      async () => {
        const records = await readRecords(call);
        await cancelOpen(records);
        differences = [
          ...(await compareLedger(a.ledger, a.sql, two.merchantId, records, two.wallets.all)),
          ...compareRefunds(records, two.wallets.all),
          ...(await compareLimits(a.sql, records)),
          ...(await compareGrants(a.ledger, records, () => two.walletAccountId)),
        ];
        return differences.length === 0;
      },
      60,
    ).catch((error: unknown) => {
      throw new Error(differences.slice(0, 10).join('\n'), { cause: error });
    });
  }

  return {
    two,
    a,
    b,
    nodeOf,
    async offer(over = {}, seen = '9500') {
      const { id } = await publish(a.offers, two.merchantId, campaignOf(over));
      await bothQuote(seen);
      return id;
    },
    stopOffer,
    bothQuote,
    create,
    createMany: (count) => Promise.all(Array.from({ length: count }, () => create())),
    ordersCount: () => orders,
    show,
    inState,
    start,
    startAll: (ids, expected) => Promise.all(ids.map((id, index) => start(nodeOf(index), id, expected))),
    pay,
    payAll: (started) => Promise.all(started.map(pay)),
    async standing(started, name) {
      const attempt = await findAttempt(a.sql, BOOK, started?.json.id);
      const line = attempt?.holds?.find(({ limit }) => name.test(limit));
      return line === undefined ? undefined : (await readStandings(a.sql, BOOK, [line]))[0];
    },
    endRace,
  };
}

/** Under which number the wallet knows an attempt. */
export function orderNoOf({ json }: TestReply): string {
  return json.id.slice('att_'.length);
}

/** Those that have begun, and those that are asked again because the price has changed; nothing else may be answered. */
export function sortReplies(replies: readonly TestReply[]): { begun: TestReply[]; askedAgain: TestReply[] } {
  const begun = replies.filter(({ status }) => status === 201);
  const askedAgain = replies.filter(({ json }) => json.code === 'offer_changed');
  const others = replies.filter((reply) => !begun.includes(reply) && !askedAgain.includes(reply));
  expect(others.map(({ json }) => json)).toEqual([]);
  return { begun, askedAgain };
}
