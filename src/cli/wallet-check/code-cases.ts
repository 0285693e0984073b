import { type CheckCase, expectThat, NotSeen } from './check-case.ts';
import type { Came } from './check-client.ts';
import { amountOf, type CheckWorld, isState, minorOf, told } from './check-world.ts';

const section = 'Scenes';

/** Payment codes (付款码), and people who are known. Both need test hooks. */
export const codeCases: readonly CheckCase[] = [
  {
    id: 'code-pays',
    rule: 'A payment code of a buyer who need not do anything is paid at once.',
    advice: 'Charge while the order is made; answer 201 with the order paid.',
    section,
    async run(world) {
      const { orderNo, came } = await charge(world, 'pays');
      const isTaken = came.json['state'] === 'paid' || came.json['state'] === 'open';
      expectThat(isTaken, `it was answered with ${told(came)}`);
      const asked = await world.until(() => world.query(orderNo), isState('paid'));
      expectThat(asked !== null, 'it was taken and did not get paid');
      world.remember('payment', orderNo, 1234n);
    },
  },
  {
    id: 'code-shape',
    rule: 'Payment codes have 20 digits and begin with the prefix of the manifest.',
    advice: 'Tills tell wallets by their first digits.',
    section,
    async run(world) {
      const code = await codeOf(world, 'pays');
      const prefix = world.parts.manifest.codePrefix ?? '';
      expectThat(
        /^9\d{19}$/.test(code) && code.startsWith(prefix),
        `a code has ${code.length} letters and begins with ${code.slice(0, 4)}`,
      );
    },
  },
  {
    id: 'code-waits',
    rule: 'While the buyer enters the PIN the order is open.',
    advice: 'Answer 201 with the order open; the till asks until it is paid or undone.',
    section,
    async run(world) {
      const { orderNo, came } = await charge(world, 'asks_pin');
      expectThat(came.json['state'] === 'open', `it was answered with ${told(came)}`);
      if (!(await world.buyer.pay(orderNo, came.json))) throw new NotSeen('the test hook does not enter the PIN');
      const asked = await world.until(() => world.query(orderNo), isState('paid'));
      expectThat(asked !== null, 'after the PIN it was not paid');
      world.remember('payment', orderNo, 1234n);
    },
  },
  {
    id: 'code-declined',
    rule: 'A payment code of a buyer who cannot pay closes the order.',
    advice: 'A code is tried once: answer the order closed, with the reason.',
    section,
    async run(world) {
      const { came } = await charge(world, 'declines');
      expectThat(came.json['state'] === 'closed', `it was answered with ${told(came)}`);
    },
  },
  {
    id: 'code-late',
    rule: 'A payment code is not charged for an order whose time is over.',
    advice: 'Look at expires_at in the step that writes the order down, before anything is charged.',
    section: 'Orders',
    needs: ['order-late'],
    async run(world) {
      const payment_code = await codeOf(world, 'pays');
      const { orderNo, came } = await world.create({ scene: 'code', payment_code, expires_at: world.inSeconds(-2) });
      if (came.json['state'] === 'paid') world.remember('payment', orderNo, 1234n);
      expectThat(came.json['state'] === 'closed', `it was answered with ${told(came)}`);
    },
  },
  {
    id: 'code-once',
    rule: 'A payment code pays one order; a second one with it is closed.',
    advice: 'Mark the code as used in the moment in which it is charged.',
    section,
    async run(world) {
      const payment_code = await codeOf(world, 'pays');
      const first = await world.create({ scene: 'code', payment_code });
      if (first.came.json['state'] !== 'paid') throw new NotSeen(`the first was not paid: ${told(first.came)}`);
      world.remember('payment', first.orderNo, 1234n);
      const second = await world.create({ scene: 'code', payment_code });
      if (second.came.json['state'] === 'paid') world.remember('payment', second.orderNo, 1234n);
      expectThat(second.came.json['state'] === 'closed', `the second was answered with ${told(second.came)}`);
    },
  },
  {
    id: 'code-undo',
    rule: 'Undoing a paid payment code gives all the money back.',
    advice: 'The order is undone, its refunded is its amount, and the day’s statement does not have it.',
    section: 'Orders',
    async run(world) {
      const { orderNo, came } = await charge(world, 'pays');
      if (came.json['state'] !== 'paid') throw new NotSeen(`it was not paid: ${told(came)}`);
      const undone = await undo(world, orderNo);
      expectThat(undone.json['state'] === 'undone', `it was answered with ${told(undone)}`);
      world.undone.push(orderNo);
      const asked = await world.query(orderNo);
      expectThat(asked.json['state'] === 'undone', `a query then says ${told(asked)}`);
      expectThat(
        minorOf(asked.json['refunded']) === 1234n,
        `1234 were paid and ${JSON.stringify(asked.json['refunded'])} are back`,
      );
    },
  },
  {
    id: 'code-undo-waiting',
    rule: 'Undoing while the buyer enters the PIN ends it: the PIN comes too late.',
    advice: 'The order is closed; whatever the buyer does then does not pay.',
    section: 'Orders',
    async run(world) {
      const { orderNo, came } = await charge(world, 'asks_pin');
      if (came.json['state'] !== 'open') throw new NotSeen(`it does not wait: ${told(came)}`);
      const undone = await undo(world, orderNo);
      expectThat(undone.json['state'] === 'closed', `it was answered with ${told(undone)}`);
      await world.buyer.pay(orderNo, came.json);
      const asked = await world.query(orderNo);
      if (asked.json['state'] === 'paid') world.remember('payment', orderNo, 1234n);
      expectThat(asked.json['state'] === 'closed', `after the PIN a query says ${told(asked)}`);
    },
  },
  {
    id: 'code-undo-before',
    rule: 'Undoing a number that was never seen uses it up: the code is not charged when the order arrives.',
    advice: 'Keep the number as a closed order; when the order comes, answer it as closed.',
    section: 'Orders',
    async run(world) {
      const payment_code = await codeOf(world, 'pays');
      const orderNo = world.freshNo();
      const undone = await undo(world, orderNo);
      expectThat(undone.json['state'] === 'closed', `undoing it was answered with ${told(undone)}`);
      const { came } = await world.create({ scene: 'code', payment_code }, orderNo);
      if (came.json['state'] === 'paid') world.remember('payment', orderNo, 1234n);
      expectThat(came.json['state'] === 'closed', `the order that came later was answered with ${told(came)}`);
    },
  },
  {
    id: 'payer-known',
    rule: 'A code of a person is exchanged for their payer_id, the same each time.',
    advice: 'One person has one payer_id for one merchant.',
    section: 'Payers',
    async run(world) {
      const first = await exchange(world, await payerCode(world));
      expectThat(typeof first.json['payer_id'] === 'string', `it was answered with ${told(first)}`);
      const second = await exchange(world, await payerCode(world));
      const isSame = first.json['payer_id'] === second.json['payer_id'];
      expectThat(isSame, `one person is ${first.json['payer_id']} and ${String(second.json['payer_id'])}`);
    },
  },
  {
    id: 'payer-once',
    rule: 'A code of a person works once.',
    advice: 'Forget the code when it is exchanged; answer 404 payer_code_refused.',
    section: 'Payers',
    needs: ['payer-known'],
    async run(world) {
      const code = await payerCode(world);
      await exchange(world, code);
      const again = await exchange(world, code);
      expectThat(again.status === 404, `the second time: ${told(again)}`);
    },
  },
  {
    id: 'payer-order',
    rule: 'In scene jsapi a known person has a page to pay on, and an unknown one does not.',
    advice: 'Keep payer_id with the order; close it with payer_unknown where nobody has it.',
    section: 'Scenes',
    needs: ['payer-known'],
    async run(world) {
      const { json } = await exchange(world, await payerCode(world));
      const known = await world.create({ scene: 'jsapi', payer_id: json['payer_id'] });
      const isReady = known.came.json['state'] === 'open' && typeof known.came.json['web_url'] === 'string';
      expectThat(isReady, `the known person was answered with ${told(known.came)}`);
      const stranger = await world.create({ scene: 'jsapi', payer_id: 'nobody-of-this-wallet' });
      expectThat(stranger.came.json['state'] !== 'open', `the unknown person was answered with ${told(stranger.came)}`);
    },
  },
];

async function codeOf(world: CheckWorld, buyer: 'pays' | 'asks_pin' | 'declines'): Promise<string> {
  world.needScene('code');
  return await world.buyer.paymentCode(buyer);
}

async function charge(world: CheckWorld, buyer: 'pays' | 'asks_pin' | 'declines') {
  return await world.create({ scene: 'code', payment_code: await codeOf(world, buyer) });
}

function undo(world: CheckWorld, orderNo: string): Promise<Came> {
  return world.client.post(`/orders/${orderNo}/undo`, { amount: amountOf(1234n) });
}

async function payerCode(world: CheckWorld): Promise<string> {
  world.needScene('jsapi');
  return await world.buyer.payerCode(world.parts.account.merchantNo);
}

function exchange(world: CheckWorld, code: string): Promise<Came> {
  return world.client.post('/payers', { code });
}
