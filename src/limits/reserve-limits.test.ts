import { beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { connect } from '../db/connect.ts';
import type { Reservation } from './limits.ts';
import { openLimits } from './open-limits.ts';
import { type LimitsWorld, openLimitsWorld } from './test-limits.ts';

let world: LimitsWorld;
beforeAll(async () => {
  world = await openLimitsWorld();
});

const YUAN = 100n;

/** A rule, what stands in its way alone, and the figure that the installation brings. */
const FIGURES: [rule: string, max: bigint, Partial<Reservation>, steps: bigint[]][] = [
  ['transfer_payment', 50_000n * YUAN, {}, []],
  ['transfer_card_day', 200_000n * YUAN, { cardId: 'card_a' }, [50_000n, 50_000n, 50_000n, 49_000n]],
  ['repayment_payment', 50_000n * YUAN, { kind: 'repayment' }, []],
  ['purchase_a_payment', 50_000n * YUAN, { kind: 'purchase', grade: 'A' }, []],
  ['purchase_a_user_day', 50_000n * YUAN, { kind: 'purchase', grade: 'A', userId: 'usr_a' }, [20_000n, 20_000n]],
  ['purchase_b_user_day', 5000n * YUAN, { kind: 'purchase', grade: 'B', userId: 'usr_b' }, [1n, 2500n]],
  ['purchase_c_user_day', 1000n * YUAN, { kind: 'purchase', grade: 'C', userId: 'usr_c' }, [999n]],
  ['purchase_d_user_day', 500n * YUAN, { kind: 'purchase', grade: 'D', userId: 'usr_d' }, [499n]],
  ['out_card_day', 10_000n * YUAN, { accountClass: 2, cardId: 'card_ii' }, [9000n]],
  ['out_card_balance', 2000n * YUAN, { accountClass: 3 }, []],
  ['out_card_day', 2000n * YUAN, { accountClass: 3, cardId: 'card_iii' }, [1500n]],
  ['in_card_day', 10_000n * YUAN, { targetCardId: 'card_into_ii', targetClass: 2 }, [5000n, 4000n]],
  ['in_card_balance', 2000n * YUAN, { targetCardId: 'card_into_iii', targetClass: 3 }, []],
  ['in_card_day', 5000n * YUAN, { targetCardId: 'card_into_3', targetClass: 3 }, [2000n, 2000n]],
  ['new_device_day', 5000n * YUAN, { deviceIsNew: true, userId: 'usr_new' }, [4000n]],
];

describe('the figures of a new installation', () => {
  test.each(FIGURES)('%s: exactly %s fen pass, one fen more does not', async (rule, max, of, steps) => {
    const spent = steps.reduce((sum, yuan) => sum + yuan * YUAN, 0n);
    for (const yuan of steps) expect(await world.tryOne(world.reservation({ ...of, minor: yuan * YUAN }))).toBeNull();
    const [refusal] = await world.reserve([world.reservation({ ...of, minor: max - spent + 1n })]);
    expect(refusal?.facts).toMatchObject({ rule, max: max.toString(), left: (max - spent).toString(), unit: 'money' });
    expect(await world.tryOne(world.reservation({ ...of, minor: max - spent }))).toBeNull();
    if (steps.length > 0) expect(await world.tryOne(world.reservation({ ...of, minor: 1n }))).toBe(rule);
  });

  test('a person transfers 500,000.00 a day over all cards, and not a fen more', async () => {
    const userId = 'usr_rich';
    const day = Array.from({ length: 10 }, (_, n) =>
      world.reservation({ userId, cardId: `card_r${n % 5}`, minor: 50_000n * YUAN }),
    );
    expect(await world.reserve(day)).toEqual(day.map(() => null));
    expect(await world.tryOne(world.reservation({ userId, minor: 1n }))).toBe('transfer_user_day');
  });

  test('a person makes 50 transfers a day', async () => {
    const userId = 'usr_busy';
    const day = Array.from({ length: 50 }, () => world.reservation({ userId }));
    expect(await world.reserve(day)).toEqual(day.map(() => null));
    const [refusal] = await world.reserve([world.reservation({ userId })]);
    expect(refusal?.facts).toMatchObject({
      rule: 'transfer_user_day_count',
      unit: 'count',
      max: '50',
      left: '0',
      renews_at: '2026-11-23T16:00:00.000Z',
    });
  });

  test('a credit card is repaid five times a month, by whomever; the sixth waits for the next month', async () => {
    const of = { kind: 'repayment', targetCardId: 'card_credit', minor: 1000n } as const;
    for (let n = 0; n < 5; n++) expect(await world.tryOne(world.reservation(of))).toBeNull();
    expect(await world.tryOne(world.reservation(of))).toBe('repayment_target_month_count');
    const lastMoment = new Date('2026-11-30T15:59:59.999Z');
    expect(await world.tryOne(world.reservation({ ...of, at: lastMoment }))).toBe('repayment_target_month_count');
    expect(await world.tryOne(world.reservation({ ...of, at: new Date('2026-11-30T16:00:00Z') }))).toBeNull();
  });

  test('a repayment is at least 10.00', async () => {
    const [refusal] = await world.reserve([world.reservation({ kind: 'repayment', minor: 999n })]);
    expect(refusal?.code).toBe('amount_below_minimum');
    expect(refusal?.facts).toEqual({ rule: 'repayment_payment', min: '1000' });
    expect(await world.tryOne(world.reservation({ kind: 'repayment', minor: 1000n }))).toBeNull();
  });

  test('what one kind of purchase has used up leaves the others', async () => {
    const of = { userId: 'usr_coffee', kind: 'purchase' } as const;
    expect(await world.tryOne(world.reservation({ ...of, grade: 'C', minor: 100_000n }))).toBeNull();
    expect(await world.tryOne(world.reservation({ ...of, grade: 'C', minor: 1n }))).toBe('purchase_c_user_day');
    expect(await world.tryOne(world.reservation({ ...of, grade: 'B', minor: 1n }))).toBeNull();
  });
});

describe('windows of Asia/Shanghai', () => {
  test('the day changes at 16:00 UTC and not a moment before', async () => {
    const of = { cardId: 'card_midnight', accountClass: 2, minor: 1_000_000n } as const;
    expect(await world.tryOne(world.reservation({ ...of, at: new Date('2026-11-23T15:59:59Z') }))).toBeNull();
    expect(await world.tryOne(world.reservation({ ...of, at: new Date('2026-11-23T15:59:59.999Z') }))).toBe(
      'out_card_day',
    );
    expect(await world.tryOne(world.reservation({ ...of, at: new Date('2026-11-23T16:00:00Z') }))).toBeNull();
  });

  test('what was reserved before midnight stays on its day, also when it ends after', async () => {
    const of = { cardId: 'card_late', accountClass: 2, minor: 1_000_000n } as const;
    const late = world.reservation({ ...of, at: new Date('2026-12-01T15:59:59Z') });
    expect(await world.tryOne(late)).toBeNull();
    await world.use(late.id);
    const next = world.reservation({ ...of, at: new Date('2026-12-01T16:00:01Z') });
    expect(await world.left(late, 'out_card_day')).toMatchObject({ used: 1_000_000n, held: 0n });
    expect(await world.left(next, 'out_card_day')).toMatchObject({ used: 0n, held: 0n });
    expect(await world.tryOne(next)).toBeNull();
  });

  test('29 February counts in its year, and the year begins anew on the first of January', async () => {
    const of = { cardId: 'card_leap', accountClass: 2, minor: 1_000_000n } as const;
    const days = Array.from({ length: 19 }, (_, n) => new Date(Date.UTC(2028, 2, 1 + n, 4)));
    const leap = world.reservation({ ...of, at: new Date('2028-02-29T15:59:59Z') });
    const year = [leap, ...days.map((at) => world.reservation({ ...of, at }))];
    expect(await world.reserve(year)).toEqual(year.map(() => null));
    const end = world.reservation({ ...of, minor: 1n, at: new Date('2028-12-31T15:59:59Z') });
    const [refusal] = await world.reserve([end]);
    expect(refusal?.facts).toMatchObject({ rule: 'out_card_year', left: '0', renews_at: '2028-12-31T16:00:00.000Z' });
    expect(await world.tryOne(world.reservation({ ...of, at: new Date('2028-12-31T16:00:00Z') }))).toBeNull();
  });

  test('a new device has its 5,000.00 once, also across midnight', async () => {
    const of = { userId: 'usr_night', deviceIsNew: true } as const;
    const evening = new Date('2027-01-01T14:00:00Z');
    expect(await world.tryOne(world.reservation({ ...of, minor: 500_000n, at: evening }))).toBeNull();
    const next = world.reservation({ ...of, minor: 1n, at: new Date('2027-01-01T17:00:00Z') });
    expect(await world.tryOne(next)).toBe('new_device_day');
    expect(await world.tryOne({ ...next, deviceIsNew: false })).toBeNull();
  });
});

describe('reserving, using and giving back', () => {
  test('a refusal gives nothing away: what was left is still there', async () => {
    const of = { cardId: 'card_retry', accountClass: 2 } as const;
    const first = world.reservation({ ...of, minor: 1_000_000n });
    expect(await world.tryOne(first)).toBeNull();
    expect(await world.tryOne(world.reservation({ ...of, minor: 1n }))).toBe('out_card_day');
    await world.release(first.id);
    expect(await world.tryOne(world.reservation({ ...of, minor: 1_000_000n }))).toBeNull();
  });

  test('what is unknown stays held, and a new payment meets it', async () => {
    const of = { cardId: 'card_unknown', accountClass: 2 } as const;
    expect(await world.tryOne(world.reservation({ ...of, minor: 600_000n }))).toBeNull();
    expect(await world.tryOne(world.reservation({ ...of, minor: 400_001n }))).toBe('out_card_day');
    expect(await world.tryOne(world.reservation({ ...of, minor: 400_000n }))).toBeNull();
  });

  test('each end counts once, whatever is said again', async () => {
    const of = { cardId: 'card_ends' } as const;
    const [used, released] = [world.reservation({ ...of, minor: 300n }), world.reservation({ ...of, minor: 500n })];
    await world.reserve([used, released, used]);
    expect(await world.left(used, 'transfer_card_day')).toMatchObject({ used: 0n, held: 800n });
    await world.use(used.id);
    await world.use(used.id, 'tr_never');
    await world.release(used.id, released.id, released.id);
    await world.use(released.id);
    expect(await world.left(used, 'transfer_card_day')).toMatchObject({ used: 300n, held: 0n });
    expect(await world.left(used, 'transfer_user_day_count')).toMatchObject({ used: 1n, held: 0n });
  });

  test('reserving again under one id changes nothing, in any state but given back', async () => {
    const one = world.reservation({ cardId: 'card_again', minor: 700n });
    expect(await world.reserve([one])).toEqual([null]);
    expect(await world.reserve([one, one])).toEqual([null, null]);
    await world.use(one.id);
    expect(await world.reserve([one])).toEqual([null]);
    expect(await world.left(one, 'transfer_card_day')).toMatchObject({ used: 700n, held: 0n });
    const gone = world.reservation();
    await world.reserve([gone]);
    await world.release(gone.id);
    await expect(world.reserve([gone])).rejects.toThrow('does not set out again');
  });

  test('one that is refused in a list leaves the others and no trace', async () => {
    const of = { cardId: 'card_list', accountClass: 2 } as const;
    const [a, b, c] = [6n, 5n, 4n].map((thousands) => world.reservation({ ...of, minor: thousands * 100_000n })) as [
      Reservation,
      Reservation,
      Reservation,
    ]; // three in, three out
    const [first, second, third] = await world.reserve([a, b, c]);
    expect([first, second?.code, third]).toEqual([null, 'limit_exceeded', null]);
    const rows = await world.sql`select id from limit_holds where id = any(${[a.id, b.id, c.id]})`;
    expect(rows.map((row) => String(row['id'])).sort()).toEqual([a.id, c.id].sort());
    await world.release(b.id);
    expect(await world.left(a, 'out_card_day')).toMatchObject({ held: 1_000_000n });
  });

  test('what ended cannot be changed in the table, whoever tries', async () => {
    const one = world.reservation();
    await world.reserve([one]);
    await world.use(one.id);
    await expect(world.sql`update limit_holds set state = 'released' where id = ${one.id}`).rejects.toThrow(
      'a reservation ends once',
    );
  });
});

describe('at the same time', () => {
  test('of two halves and a fen, one passes', async () => {
    const of = { cardId: 'card_halves', accountClass: 2, minor: 500_001n } as const;
    const answers = await Promise.all([1, 2].map(() => world.reserve([world.reservation(of)])));
    expect(answers.flat().filter((refusal) => refusal === null)).toHaveLength(1);
  });

  test('of 100 at a fiftieth each, from two processes, exactly 50 pass', async () => {
    const other = connect(world.url, { connectionsMax: 8, applicationName: 'test 2', byIndexOnly: true });
    const otherLimits = openLimits({ sql: other, clock: world.clock, log: silentLog });
    try {
      const of = { cardId: 'card_hundred', accountClass: 2, minor: 20_000n } as const;
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          n % 2 === 0
            ? world.reserve([world.reservation(of)])
            : world.reserve([world.reservation(of)], otherLimits, other),
        ),
      );
      expect(answers.flat().filter((refusal) => refusal === null)).toHaveLength(50);
      expect(await world.left(world.reservation(of), 'out_card_day')).toMatchObject({ held: 1_000_000n });
    } finally {
      await other.end();
    }
  });

  test('lists that meet in several sums in any order do not block each other', async () => {
    const cards = Array.from({ length: 12 }, (_, n) => `card_cross${n}`);
    const lists = Array.from({ length: 16 }, (_, n) =>
      (n % 2 === 0 ? cards : cards.toReversed()).map((cardId) =>
        world.reservation({ cardId, userId: `usr_cross${n % 3}`, minor: 1n }),
      ),
    );
    const answers = await Promise.all(lists.map((list) => world.reserve(list)));
    // 16 lists of 12 by three people who may make 50 each.
    expect(answers.flat().filter((refusal) => refusal === null)).toHaveLength(150);
  });
});
