import { beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { type MovesWorld, openMovesWorld } from './test-moves.ts';

let world: MovesWorld;
beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  world.transfers.startWork();
  return async () => {
    await world.transfers.stop();
    await world.checkBooks();
  };
});

test('limits are exact when moves of one person succeed and fail in the same moment', async () => {
  const from = await world.payer('ICBC', 1_000_00n);
  // Every second debit is refused; whole waves are answered together, so that one batch uses limits up and gives others back.
  world.bank.fault = (kind, no) => (kind === 'debit' && no % 2 === 0 ? 'refused' : 'none');
  let succeededFen = 0n;
  for (let wave = 0; wave < 4; wave++) {
    const orders = Array.from({ length: 10 }, (_, n) => world.order(from, BigInt(1_00 + n)));
    await Promise.all(orders.map((order) => world.transfers.start(order)));
    for (const order of orders) {
      const ended = await world.untilEnded(order.id);
      if (ended.state === 'succeeded') succeededFen += ended.amount.minor;
    }
  }
  const rows = await world.sql<{ used: bigint; held: bigint }[]>`
    select used, held
    from limit_counters
    where rule = 'purchase_a_user_day'
      and subject = ${from.session.userId}`;
  expect(rows.map(({ used, held }) => ({ used, held }))).toEqual([{ used: succeededFen, held: 0n }]);
  world.bank.fault = () => 'none';
});
