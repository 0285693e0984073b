import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '../src/base/random.ts';
import { bookOfId } from '../src/base/id.ts';
import { askWallet } from '../src/cashier/ask-wallet.ts';
import { findAttempt } from '../src/cashier/attempt-store.ts';
import { wallets } from '../src/wallets/registry.ts';
import { readRecords, type ShopRecords } from './kill/check-acknowledged.ts';
import { compareAttempt, compareLedger, compareRefunds, compareUndone, listRevoked } from './kill/check-books.ts';
import { type Dice, rollDice } from './kill/dice.ts';
import { callPatiently } from './kill/patient-caller.ts';
import { type PretendWallet, scan, type SimulatorName } from './pretend-wallets.ts';
import { eventually } from './server.ts';
import { type Node, startTwoNodes, type TwoNodes } from './two-nodes.ts';

/*
 * Races that only wallets with payment codes and with undoing have, on two nodes over one database. `RACE_SEED=7` rolls the
 * same dice again.
 */

const SEED = Number(process.env['RACE_SEED'] ?? systemRandom.bytes(4).readUInt32BE());
const ROUNDS = 50;
/** So many rounds of a race run beside each other. */
const AT_ONCE = 10;
const NAMES = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay'] as const satisfies readonly SimulatorName[];

let two: TwoNodes;
let a: Node;
let b: Node;
let dice: Dice;
beforeAll(async () => {
  console.log(`races of wallets: seed ${SEED}`);
  dice = rollDice(SEED);
  two = await startTwoNodes(['wechatpay', 'alipay', 'jdpay', 'meituanpay']);
  [a, b] = two.nodes;
});
afterAll(() => two.close());

/** After every race each attempt is what its wallet says, and the ledger agrees with all wallets' own books, fen by fen. */
afterEach(async () => {
  two.wallets.clearFaults();
  let differences: string[] = [];
  await eventually('the books to agree', async () => {
    two.clock.leap(2000);
    const call = callPatiently(a.url, { authorization: `Bearer ${two.apiKey}` });
    const records = await readRecords(call);
    differences = [
      ...compareAttempts(records),
      ...compareUndone(records, two.wallets.all, []),
      ...compareRefunds(records, two.wallets.all),
      ...(await compareLedger(a.ledger, a.sql, two.merchantId, records, two.wallets.all)),
    ];
    return differences.length === 0;
  }).catch((error: unknown) => {
    throw new Error(differences.join('\n'), { cause: error });
  });
  expect(await listAlerts('outcome_contradicts'), 'nothing that was told paid was undone').toEqual([]);
});

function compareAttempts(records: ShopRecords): string[] {
  const revoked = listRevoked(two.wallets.all);
  return [...records.payments.values()].flatMap((payment) =>
    payment.attempts.flatMap((attempt: { id: string; wallet: string }) => {
      const [order] = two.wallets.get(attempt.wallet).sandbox.orders({ orderNo: lettersOf(attempt.id) });
      return compareAttempt(payment, attempt, order, revoked);
    }),
  );
}

async function listAlerts(kind: string): Promise<string[]> {
  const rows = await a.sql<{ detail: string }[]>`select detail from alerts where kind = ${kind}`;
  return rows.map((row) => row.detail);
}

let orders = 0;
async function newPayment(): Promise<string> {
  orders += 1;
  const { json } = await a.call('POST', '/v1/payments', {
    order_no: `race-${orders}`,
    amount: { currency: 'CNY', minor: String(dice.between(1, 5000)) },
    subject: '冻顶乌龙',
    return_url: 'https://shop.example/orders',
    expires_in_seconds: 86_400,
  });
  return json.id;
}

/** A charge whose buyer has to enter the PIN. */
async function charge(wallet: PretendWallet): Promise<{ id: string; attemptId: string; orderNo: string }> {
  const id = await newPayment();
  const body = { scene: 'code', payment_code: wallet.sandbox.paymentCode('asks_pin') };
  const { status, json } = await b.call('POST', `/v1/payments/${id}/attempts`, body);
  expect([status, json.wallet, json.outcome], JSON.stringify(json)).toEqual([201, wallet.name, 'pending']);
  return { id, attemptId: json.id, orderNo: lettersOf(json.id) };
}

/** A code that somebody has scanned. */
async function show(wallet: PretendWallet): Promise<{ id: string; attemptId: string; orderNo: string }> {
  const id = await newPayment();
  const { json } = await b.call('POST', `/v1/payments/${id}/attempts`, { wallet: wallet.name, scene: 'qr' });
  await scan(wallet, json.next_action.text);
  return { id, attemptId: json.id, orderNo: lettersOf(json.id) };
}

/** False when the order was over by then. */
function pay(wallet: PretendWallet, orderNo: string): boolean {
  const [order] = wallet.sandbox.orders({ orderNo });
  if (order?.state !== 'open') return false;
  try {
    wallet.sandbox.pay(orderNo);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('past its time')) return false;
    throw error;
  }
}

async function ask(node: Node, attemptId: string): Promise<void> {
  const attempt = await findAttempt(node.sql, bookOfId(attemptId), attemptId);
  if (attempt === null) throw new Error(`there is no ${attemptId}`);
  await askWallet(node.cashier, attempt);
}

const lettersOf = (id: string): string => id.slice(id.indexOf('_') + 1);
const stateOf = async (id: string) => (await a.call('GET', `/v1/payments/${id}`)).json;
const cancel = (node: Node, id: string) => node.call('POST', `/v1/payments/${id}/cancel`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function eventsOf(id: string): Promise<string[]> {
  const rows = await a.sql<{ type: string }[]>`select type from events where object_id = ${id} order by object_seq`;
  return rows.map((row) => row.type);
}

/** Lets time pass until the payment is as it should be. */
async function becomes(id: string, states: readonly string[]): Promise<string> {
  return await eventually(`${id} to be ${states.join(' or ')}`, async () => {
    const { state } = await stateOf(id);
    if (states.includes(state)) return state;
    two.clock.leap(5000);
    return null;
  });
}

async function inRounds(race: (round: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < ROUNDS; from += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => race(from + index)));
}

/** How long the last one took, so that on a slow machine as on a fast one the buyer comes in its midst. */
function pacer(): { run<T>(work: () => Promise<T>): Promise<T>; inTheMidst(): Promise<void> } {
  let lastMs = 50;
  return {
    async run(work) {
      const startedMs = performance.now();
      const done = await work();
      lastMs = performance.now() - startedMs;
      return done;
    },
    inTheMidst: () => pause(dice.between(0, Math.ceil(lastMs))),
  };
}

/** Whether a race was one shows in how often each side won. */
function tally(what: string, ends: readonly string[]): void {
  const counts = [...new Set(ends)].sort().map((end) => `${end} ${ends.filter((one) => one === end).length}`);
  console.log(`${what}: ${counts.join(', ')}`);
}

describe('at a till', () => {
  test('the time is over on two nodes at once, and in that moment the buyer enters the PIN', async () => {
    const ends: string[] = [];
    const pace = pacer();
    for (const name of NAMES) {
      const wallet = two.wallets.get(name);
      const charges = await Promise.all(Array.from({ length: ROUNDS / NAMES.length }, () => charge(wallet)));
      two.clock.leap((wallets[name].can.paymentCode?.undoAfterSeconds ?? 0) * 1000);
      await Promise.all(
        charges.map(async ({ id, attemptId, orderNo }) => {
          const entering = pace.inTheMidst().then(() => pay(wallet, orderNo));
          await pace.run(() => Promise.all([ask(a, attemptId), ask(b, attemptId)]));
          await entering;
          const state = await becomes(id, ['succeeded', 'requires_payment_method']);
          expect(await eventsOf(id)).toEqual(state === 'succeeded' ? ['payment.succeeded'] : []);
          ends.push(state === 'succeeded' ? 'paid' : (await entering) ? 'undone' : 'never paid');
        }),
      );
    }
    tally('time over, and the PIN', ends);
  });

  test('two tills charge one payment with two codes: one counts, the other is refused or its money goes back', async () => {
    const ends: string[] = [];
    await inRounds(async (round) => {
      const id = await newPayment();
      const codes = [two.wallets.get(NAMES[round % 5] ?? ''), two.wallets.get(dice.pick(NAMES))].map((wallet) =>
        wallet.sandbox.paymentCode('pays'),
      );
      const replies = await Promise.all(
        codes.map((code, index) =>
          (index === 0 ? a : b).call('POST', `/v1/payments/${id}/attempts`, { scene: 'code', payment_code: code }),
        ),
      );
      for (const { status, json } of replies)
        if (status !== 201) expect(['payment_already_succeeded', 'payment_processing']).toContain(json.code);
      await becomes(id, ['succeeded']);
      const { attempts } = await eventually('both to be known', async () => {
        const payment = await stateOf(id);
        two.clock.leap(1000);
        return payment.attempts.every((one: { outcome: string }) => one.outcome === 'succeeded') && payment;
      });
      const settled = attempts.map((one: { settled: string }) => one.settled).sort();
      expect(settled).toEqual(attempts.length === 1 ? ['accepted'] : ['accepted', 'surplus']);
      ends.push(attempts.length === 1 ? 'refused' : 'given back');
      expect(await eventsOf(id)).toEqual(['payment.succeeded']);
    });
    tally('the second till', ends);
  });
});

describe.each(['jdpay', 'wechatpay'] as const)('the merchant cancels, at %s', (name) => {
  test('while the buyer pays: paid and told so, or canceled and the buyer has the money', async () => {
    const wallet = two.wallets.get(name);
    const ends: string[] = [];
    const pace = pacer();
    await inRounds(async (round) => {
      const { id, orderNo } = await show(wallet);
      const nodes = round % 2 === 0 ? [b, a] : [b]; // now and then somebody else has the same idea
      const canceling = pace.run(() => Promise.all(nodes.map((node) => cancel(node, id))));
      await pace.inTheMidst();
      pay(wallet, orderNo);
      const replies = await canceling;
      const state = await becomes(id, ['succeeded', 'canceled']);
      for (const { json } of replies)
        expect([state, 'processing', 'payment_already_succeeded']).toContain(json.state ?? json.code);
      expect(await eventsOf(id)).toEqual([`payment.${state}`]);
      ends.push(state);
    });
    tally(`canceled while the buyer pays at ${name}`, ends);
  });
});

describe('where closing an order may give its money back, at JD', () => {
  test('nobody is told "paid" while another node is about to undo it', async () => {
    const jdpay = two.wallets.get('jdpay');
    const held: (() => void)[] = [];
    const slow = await two.openNode({
      wrapSend: (send) => async (request) => {
        if (request.url.endsWith('/revoke')) await new Promise<void>((resolve) => held.push(resolve));
        return await send(request);
      },
    });
    const { id, orderNo } = await show(jdpay);
    jdpay.sandbox.setFault({ operation: 'notify', kind: 'silent', orderNo });
    const canceling = cancel(slow, id); // has seen it unpaid
    try {
      await eventually('the undoing to begin', async () => held.length === 1);
      pay(jdpay, orderNo);
      const other = await cancel(a, id); // sees it paid
      expect(other).toMatchObject({ status: 200, json: { state: 'processing' } });
    } finally {
      for (const release of held) release();
    }
    expect((await canceling).json.state).toMatch(/^(processing|canceled)$/);
    await becomes(id, ['canceled']);
    expect(await eventsOf(id)).toEqual(['payment.canceled']);
  });

  test('one who asks alone and hears that it is paid tells so', async () => {
    const jdpay = two.wallets.get('jdpay');
    const { id, orderNo } = await show(jdpay);
    jdpay.sandbox.setFault({ operation: 'notify', kind: 'silent', orderNo });
    pay(jdpay, orderNo);
    expect(await cancel(a, id)).toMatchObject({ status: 200, json: { state: 'succeeded' } });
  });

  test.each(['qr', 'code'] as const)('money that comes after the undoing goes back, scene %s', async (scene) => {
    const jdpay = two.wallets.get('jdpay');
    const { id, orderNo } = scene === 'qr' ? await show(jdpay) : await charge(jdpay);
    expect(await cancel(a, id)).toMatchObject({ status: 200, json: { state: 'canceled' } });
    jdpay.sandbox.pay(orderNo, { late: true });
    await eventually('the money to go back', async () => {
      two.clock.leap(2000);
      const [order] = jdpay.sandbox.orders({ orderNo });
      return order?.refunded_fen === order?.amount_fen;
    });
    expect(await eventsOf(id)).toEqual(['payment.canceled']);
  });
});

test('keys are changed under load, back and forth, and no notification is lost', async () => {
  const wechatpay = two.wallets.get('wechatpay');
  const settings: Record<string, string> = { ...wechatpay.sandbox.merchantSettings };
  const { platform_public_key_id, platform_public_key_pem, platform_certificates_pem, ...rest } = settings;
  const byKey = { ...rest, platform_public_key_id, platform_public_key_pem };
  const byCertificate = { ...rest, platform_certificates_pem };
  const rotate = async (to: object): Promise<void> => {
    const { status, json } = await a.call('POST', `/v1/wallet-accounts/${wechatpay.accountId}/rotate`, {
      settings: to,
    });
    expect(status, JSON.stringify(json)).toBe(200);
  };
  await rotate(byCertificate);
  const load = { isOver: false, rotations: 0 };
  const rotating = (async (): Promise<void> => {
    for (; !load.isOver; load.rotations++) {
      await rotate(load.rotations % 2 === 0 ? byKey : byCertificate);
      await pause(dice.between(5, 60));
    }
  })();
  const told: string[] = [];
  const payOnce = async (): Promise<void> => {
    const { id, orderNo } = await show(wechatpay);
    pay(wechatpay, orderNo);
    // Without a leap: nobody asks before 5 seconds are over, so it is the notification that tells.
    await eventually('the notification to be taken', async () => (await stateOf(id)).state === 'succeeded');
    told.push(orderNo);
  };
  try {
    // However quick the payments are, keys change more than ten times under them.
    do await inRounds(payOnce);
    while (load.rotations <= 10);
  } finally {
    load.isOver = true;
    await rotating;
  }
  for (const orderNo of told)
    expect(wechatpay.sandbox.orders({ orderNo })).toMatchObject([{ notify_acknowledged: true }]);
});
