import type { Move, MoveId } from '../transfers/transfers.ts';
import type { OrderView } from './payer.ts';
import { orderBody, type TestPayer, type Told } from './test-payer.ts';

export const CNY = (minor: bigint) => ({ currency: 'CNY', minor: minor.toString() });

let count = 0;

/** What tests of orders do all day. */
export interface Desk {
  freshNo(): string;
  /** Ten minutes from now. */
  soon(): string;
  newOrder(changed?: Record<string, unknown>): Promise<{ no: string; told: Told; token: string }>;
  /** A person pays with a proof of their own. */
  pay(token: string, name?: string, cardId?: string, key?: string): Promise<{ order: OrderView; move: Move | null }>;
  /** A fresh payment code. */
  code(name?: string): Promise<string>;
  /** The move that an order hangs on. */
  moveOf(no: string): Promise<MoveId>;
  /** What a query says. */
  state(no: string): Promise<Record<string, unknown>>;
}

export function createDesk(world: TestPayer): Desk {
  const desk: Desk = {
    freshNo: () => `ORDER${String((count += 1)).padStart(10, '0')}`,
    soon: () => new Date(world.clock.now().getTime() + 600_000).toISOString(),
    async newOrder(changed = {}) {
      const no = desk.freshNo();
      const told = await world.ask('POST', `/orders/${no}`, orderBody({ expires_at: desk.soon(), ...changed }));
      return { no, told, token: String(told.json['web_url']).split('/').at(-1) ?? '' };
    },
    async pay(token, name = 'zhang', cardId = `card_${name}`, key = `key-${desk.freshNo()}`) {
      const session = world.person(name);
      const proof = `proof-${desk.freshNo()}`;
      world.proofs.set(proof, await world.payer.payAct(session, token, cardId));
      return await world.payer.pay(session, { token, cardId, proof, key });
    },
    async code(name = 'zhang') {
      return (await world.payer.makePaymentCode(world.person(name), `card_${name}`)).code;
    },
    async moveOf(no) {
      const [row] = await world.sql<{ id: MoveId }[]>`
        select m.id from payer_moves m join payer_orders o on o.id = m.order_id
        where o.order_no = ${no} and m.state = 'asked'`;
      if (row === undefined) throw new Error('no move is under way');
      return row.id;
    },
    state: async (no) => (await world.ask('GET', `/orders/${no}`)).json,
  };
  return desk;
}
