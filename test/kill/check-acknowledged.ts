import type { Dice } from './dice.ts';
import type { Acknowledged, PatientCaller } from './patient-caller.ts';

/** As the API shows it; read field by field. */
type Shown = ReturnType<typeof JSON.parse>;

/** Everything the shop has, read over the API after all is over. */
export interface ShopRecords {
  payments: Map<string, Shown>;
  attempts: Map<string, Shown>;
  refunds: Map<string, Shown>;
}

export async function readRecords(call: PatientCaller): Promise<ShopRecords> {
  const payments = await readAll(call, '/v1/payments');
  const refunds = await readAll(call, '/v1/refunds');
  const attempts = payments.flatMap((payment) => payment.attempts);
  const byId = (list: Shown[]): Map<string, Shown> => new Map(list.map((one) => [one.id, one]));
  return { payments: byId(payments), attempts: byId(attempts), refunds: byId(refunds) };
}

async function readAll(call: PatientCaller, path: string): Promise<Shown[]> {
  const all: Shown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { json }: { json: Shown } = await call.get(`${path}?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`);
    all.push(...json.data);
    cursor = json.next_cursor;
  }
  return all;
}

/** What was said once about a thing and may never change. */
const FIXED = {
  payment: [
    'order_no',
    'amount',
    'subject',
    'return_url',
    'metadata',
    'link',
    'created_at',
    'expires_at',
    'cashier_url',
    'buyer',
    'items',
    'vouchers',
  ],
  attempt: ['payment_id', 'wallet', 'scene', 'to_pay', 'discount', 'offers', 'created_at'],
  refund: [
    'payment_id',
    'refund_no',
    'amount',
    'through_wallet',
    'discount',
    'offers',
    'items',
    'reason',
    'automatic',
    'method',
    'created_at',
  ],
} as const;

/** Acknowledged things that are gone, or are not what was acknowledged. */
export function findLost(acknowledged: readonly Acknowledged[], records: ShopRecords): string[] {
  return acknowledged.flatMap(({ json, path }) => {
    const kind: keyof typeof FIXED = json.object;
    const now = records[`${kind}s`].get(json.id);
    if (now === undefined) return [`${json.id}, acknowledged by POST ${path}, is gone`];
    const changed = FIXED[kind].filter((field) => JSON.stringify(now[field]) !== JSON.stringify(json[field]));
    const wasFinal = kind === 'payment' && ['succeeded', 'canceled'].includes(json.state);
    if (wasFinal && now.state !== json.state) changed.push('state' as never); // shown below, whatever its name
    if (json.outcome === 'succeeded' && now.outcome !== 'succeeded') changed.push('outcome' as never); // likewise
    return changed.map(
      (field) => `${json.id}: ${field} was ${JSON.stringify(json[field])}, is ${JSON.stringify(now[field])}`,
    );
  });
}

/**
 * Things that nobody asked for, or asked for once and got twice. Every POST was repeated until it was answered, so there are
 * exactly as many payments and refunds as acknowledgements. An attempt may stand beside the acknowledged one when the
 * server died before it could tell its way to pay: then nobody knew that way, and nobody may have paid. Only a payment code
 * needs no way: its attempt was told to the wallet, and sent again the code is used up.
 */
export function findDoubled(acknowledged: readonly Acknowledged[], records: ShopRecords): string[] {
  const acknowledgedIds = acknowledged.filter(({ status }) => status === 201).map(({ json }) => json.id as string);
  const ids = new Set(acknowledgedIds);
  const orderNos = new Set([...records.payments.values()].map((payment) => payment.order_no));
  const untold = [...records.payments.keys()].filter((id) => !ids.has(id));
  const unasked = [...records.refunds.values()].filter((refund) => !refund.automatic && !ids.has(refund.id));
  const paidUntold = [...records.attempts.values()].filter(
    (one) => !ids.has(one.id) && one.outcome === 'succeeded' && one.scene !== 'code',
  );
  return [
    ...(ids.size === acknowledgedIds.length
      ? []
      : ['two requests with keys of their own were answered with one thing']),
    ...(orderNos.size === records.payments.size ? [] : ['an order number has two payments']),
    ...untold.map((id) => `payment ${id} was never acknowledged`),
    ...unasked.map((refund) => `refund ${refund.id} was never acknowledged`),
    ...paidUntold.map((attempt) => `attempt ${attempt.id} was paid and never acknowledged`),
  ];
}

const REPEATS_MAX = 1500;
const REPEATS_AT_ONCE = 8;

/** Asks again for what was acknowledged, with the same keys: the same is answered, and nothing new comes into being. */
export async function findUnlikeRepeats(call: PatientCaller, dice: Dice): Promise<string[]> {
  const share = REPEATS_MAX / call.acknowledged.length;
  const chosen = call.acknowledged.filter(() => dice.isBelow(share));
  const wrong: string[] = [];
  const repeatNext = async (): Promise<void> => {
    for (let earlier = chosen.pop(); earlier !== undefined; earlier = chosen.pop()) {
      const again = await call.repeat(earlier);
      if (again.status !== earlier.status || again.text !== earlier.text || !again.replayed)
        wrong.push(`POST ${earlier.path} answered ${earlier.text}, and again ${again.status} ${again.text}`);
    }
  };
  await Promise.all(Array.from({ length: REPEATS_AT_ONCE }, repeatNext));
  return wrong;
}
