import { isDeepStrictEqual } from 'node:util';
import { membersOf } from '../../wallets/open/parse.ts';
import { notificationCovered, verifyMessage } from '../../wallets/open/verify.ts';
import { type CheckCase, expectThat, NotSeen } from './check-case.ts';
import type { CheckWorld } from './check-world.ts';
import type { Heard } from './notification-ear.ts';

const section = 'Notifications';
const FIRST_PATIENCE_MS = 15_000;
const AGAIN_PATIENCE_MS = 30_000;

export const notificationCases: readonly CheckCase[] = [
  {
    id: 'notified',
    rule: 'A merchant is told when an order is paid.',
    advice: 'Post to notify_url as soon as it is paid; the address must be reachable from the wallet.',
    section,
    needs: ['order-paid'],
    async run(world) {
      const { orderNo } = await world.paid();
      expectThat((await hear(world, orderNo)) !== null, 'nothing came within 15 seconds');
    },
  },
  {
    id: 'notified-signed',
    rule: 'Every notification is signed by a key of the manifest, with the tag owp-notification.',
    advice: 'Sign over "@method" "content-digest"; compare with the test vectors of appendix B.',
    section,
    needs: ['notified'],
    async run(world) {
      const { orderNo } = await world.paid();
      const notification = await need(world, orderNo);
      const covered = notificationCovered(notification.body);
      const verified = verifyMessage(
        notification,
        covered,
        'owp-notification',
        world.parts.manifest.keys,
        notification.at,
      );
      expectThat(verified.isBelieved, verified.isBelieved ? '' : verified.reason);
    },
  },
  {
    id: 'notified-truth',
    rule: 'A notification says exactly what a query says.',
    advice: 'Write both with the same code.',
    section,
    needs: ['notified'],
    async run(world) {
      const { orderNo } = await world.paid();
      const { json } = await need(world, orderNo);
      expectThat(json['type'] === 'order', `its type is ${JSON.stringify(json['type'])}`);
      expectThat(json['merchant_no'] === world.parts.account.merchantNo, 'its merchant_no is another');
      const { json: asked } = await world.query(orderNo);
      const told = membersOf(json['order']) ?? {};
      const other = Object.keys(asked).find((name) => !isDeepStrictEqual(asked[name], told[name]));
      expectThat(
        other === undefined,
        `${other} is ${JSON.stringify(told[other ?? ''])}, and a query says ${JSON.stringify(asked[other ?? ''])}`,
      );
    },
  },
  {
    id: 'notified-again',
    rule: 'A notification that was not taken comes again.',
    advice: 'Anything but 2xx within 10 seconds means: again, after 5, 30, 300 … seconds, signed anew.',
    section,
    needs: ['notified', 'notified-signed'],
    async run(world) {
      const { orderNo, came } = await world.open();
      world.parts.ear.refuseOnce(orderNo);
      if (!(await world.buyer.pay(orderNo, came.json))) throw new NotSeen('the buyer could not pay');
      world.remember('payment', orderNo, 1234n);
      await need(world, orderNo);
      const heard = () => Promise.resolve(world.parts.ear.heard(orderNo));
      const twice = await world.until(heard, (all) => all.length >= 2, AGAIN_PATIENCE_MS);
      expectThat(twice !== null, 'the first was answered 500, and no second one came within 30 seconds');
      const [first, second] = twice;
      const isAnew = first?.headers['signature'] !== second?.headers['signature'];
      expectThat(isAnew, 'the second one has the signature of the first, which grows old');
    },
  },
  {
    id: 'refund-notified',
    rule: 'A merchant is told when a refund is done, as a query tells it.',
    advice: 'Post {"type":"refund", …} to the refund’s own notify_url.',
    section,
    needs: ['notified', 'refund-done'],
    async run(world) {
      const { orderNo } = await world.paid();
      const { refundNo, last } = await world.refund(orderNo, 34n);
      if (last.json['state'] !== 'succeeded') throw new NotSeen('no refund can be made');
      world.remember('refund', refundNo, 34n);
      const heard = await hear(world, refundNo);
      expectThat(heard !== null, 'nothing came within 15 seconds');
      expectThat(heard.json['type'] === 'refund', `its type is ${JSON.stringify(heard.json['type'])}`);
      expectThat(isDeepStrictEqual(heard.json['refund'], last.json), 'it says something else than a query');
    },
  },
];

async function hear(world: CheckWorld, no: string): Promise<Heard | null> {
  const heard = () => Promise.resolve(world.parts.ear.heard(no));
  const all = await world.until(heard, (each) => each.length > 0, FIRST_PATIENCE_MS);
  for (const each of all ?? []) world.parts.observations.amounts(`the notification about ${no}`, each.json);
  return all?.[0] ?? null;
}

async function need(world: CheckWorld, no: string): Promise<Heard> {
  const heard = await hear(world, no);
  if (heard === null) throw new NotSeen('no notification came');
  return heard;
}
