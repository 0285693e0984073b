import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LimitLeft } from '../limits/limits.ts';
import { planRoute, type Route, type RouteRequest, type RouteSource } from './plan-route.ts';

const YUAN = 100n;

function line(change: Partial<LimitLeft>): LimitLeft {
  return {
    rule: 'transfer_payment',
    window: 'payment',
    subject: 'card',
    unit: 'money',
    min: 0n,
    max: 50_000n * YUAN,
    used: 0n,
    held: 0n,
    setBy: 'hutong',
    renewsAt: null,
    ...change,
  };
}

const day = (max: bigint, change: Partial<LimitLeft> = {}): LimitLeft =>
  line({ rule: 'transfer_card_day', window: 'day', max, ...change });

function source(cardId: string, change: Partial<RouteSource> = {}): RouteSource {
  return {
    cardId,
    label: { 'zh-CN': `${cardId}卡`, en: cardId },
    isDefault: false,
    available: 1_000_000n * YUAN,
    left: [line({}), day(200_000n * YUAN)],
    ...change,
  };
}

function request(amount: bigint, sources: RouteSource[], change: Partial<RouteRequest> = {}): RouteRequest {
  return { kind: 'transfer', amount, sources, userLeft: [], partsMax: 10, targetLeft: [], ...change };
}

const partsOf = (route: Route): [string, bigint][] =>
  route.kind === 'route' ? route.parts.map(({ cardId, amount }) => [cardId, amount]) : [];

describe('a route over cards', () => {
  const A = source('A', { isDefault: true });
  const B = source('B');
  const poor = source('A', { isDefault: true, available: 30_000n * YUAN });
  const spent = source('A', {
    isDefault: true,
    left: [line({}), day(200_000n * YUAN, { used: 150_000n * YUAN, held: 40_000n * YUAN })],
  });
  const dumb = source('U', { available: null });

  const CASES: [name: string, RouteRequest, [string, bigint][]][] = [
    ['one card that can pay does', request(100n, [B, A]), [['A', 100n]]],
    ['exactly the limit of one payment stays one payment', request(5_000_000n, [A]), [['A', 5_000_000n]]],
    [
      'a fen more is two payments of one card',
      request(5_000_001n, [A]),
      [
        ['A', 5_000_000n],
        ['A', 1n],
      ],
    ],
    [
      'the default card comes first',
      request(6_000_000n, [B, A]),
      [
        ['A', 5_000_000n],
        ['A', 1_000_000n],
      ],
    ],
    ['what the default card lacks comes from the next', request(4_000_000n, [B, poor]), [['B', 4_000_000n]]],
    ['fewest parts before the default card', request(5_000_000n, [poor, B]), [['B', 5_000_000n]]],
    [
      'when both are needed, most from the default card',
      request(7_000_000n, [B, poor]),
      [
        ['A', 3_000_000n],
        ['B', 4_000_000n],
      ],
    ],
    [
      'what is used and held of the day is gone',
      request(6_000_000n, [spent, B]),
      [
        ['A', 1_000_000n],
        ['B', 5_000_000n],
      ],
    ],
    [
      'an unknown balance is not touched while others do, even in more parts',
      request(9_000_000n, [dumb, A]),
      [
        ['A', 5_000_000n],
        ['A', 4_000_000n],
      ],
    ],
    ['an unknown balance is used when nothing else does, once', request(5_000_000n, [dumb, poor]), [['U', 5_000_000n]]],
    [
      'beside one, the known card gives what it can',
      request(6_000_000n, [dumb, poor]),
      [
        ['A', 3_000_000n],
        ['U', 3_000_000n],
      ],
    ],
    ['two cards that are alike keep the order given', request(100n, [source('C'), source('D')]), [['C', 100n]]],
    [
      'a card without payments left is passed over',
      request(100n, [
        source('A', { isDefault: true, left: [line({ unit: 'count', window: 'day', max: 5n, used: 3n, held: 2n })] }),
        B,
      ]),
      [['B', 100n]],
    ],
    [
      'no part of a repayment is below the least amount',
      request(5_000_001n, [source('A', { left: [line({ min: 1000n })] })], { kind: 'repayment' }),
      [
        ['A', 4_999_001n],
        ['A', 1000n],
      ],
    ],
    [
      'nor is what is left for the second card',
      request(100_001n, [
        source('A', { isDefault: true, available: 100_000n, left: [line({ min: 1000n })] }),
        source('B', { available: 5000n, left: [line({ min: 1000n })] }),
      ]),
      [
        ['A', 99_001n],
        ['B', 1000n],
      ],
    ],
    [
      'a figure that was lowered below what has moved leaves nothing, not less',
      request(100n, [source('A', { isDefault: true, left: [day(100n, { used: 500n })] }), B]),
      [['B', 100n]],
    ],
  ];
  test.each(CASES)('%s', (_name, asked, parts) => {
    expect(partsOf(planRoute(asked))).toEqual(parts);
  });

  const NONE: [name: string, RouteRequest, reachable: bigint, says: string][] = [
    ['no card', request(100n, []), 0n, '没有可用的付款卡'],
    ['too little on all cards', request(9_000_000n, [poor, source('B', { available: 1n })]), 3_000_001n, '¥30000.00'],
    ['too many parts', request(15_000_000n, [A, B], { partsMax: 2 }), 10_000_000n, '最多拆分为 2 笔'],
    [
      "the person's day",
      request(6_000_000n, [A], { userLeft: [day(50_000_000n, { subject: 'user', used: 45_000_000n })] }),
      5_000_000n,
      '您今日剩余额度 ¥50000.00（本钱包限额 ¥500000.00）',
    ],
    [
      'no transfers left today',
      request(100n, [A], { userLeft: [line({ subject: 'user', unit: 'count', window: 'day', max: 50n, held: 50n })] }),
      0n,
      '您今日还可办理 0 笔',
    ],
    [
      'a repayment below the least amount',
      request(999n, [source('A', { left: [line({ min: 1000n })] })], { kind: 'repayment' }),
      0n,
      '每笔至少 ¥10.00',
    ],
    [
      'a credit card that was repaid five times',
      request(1000n, [A], {
        kind: 'repayment',
        targetLeft: [line({ subject: 'target_card', unit: 'count', window: 'month', max: 5n, used: 5n })],
      }),
      0n,
      '收款卡本月还可办理 0 笔',
    ],
    [
      'a gap between one payment and two',
      request(1200n, [source('A', { left: [line({ min: 800n, max: 1000n })] })]),
      1000n,
      '现在最多可以 ¥10.00',
    ],
  ];
  test.each(NONE)('%s: says what stands in the way and how much would be possible', (_name, asked, reachable, says) => {
    const route = planRoute(asked);
    expect(route).toMatchObject({ kind: 'none', reachable });
    expect(route.kind === 'none' && route.why['zh-CN']).toContain(says);
    expect(route.kind === 'none' && route.why.en).toMatch(/^[A-Z“].*\.$/);
    // What is said to be possible is.
    if (reachable > 0n) expect(planRoute({ ...asked, amount: reachable }).kind).toBe('route');
  });

  test('a split says in both languages which cards, why, and that it is free', () => {
    const route = planRoute(request(7_000_000n, [B, poor, dumb]));
    expect(route).toMatchObject({
      explanation: {
        'zh-CN':
          '¥70000.00 拆分为 2 笔：A卡 1 笔共 ¥30000.00，B卡 1 笔共 ¥40000.00。A卡可用余额 ¥30000.00。A卡每笔最多 ¥50000.00（本钱包限额）。免手续费。',
        en: '¥70000.00 is split into 2 payments: ¥30000.00 from A in 1, ¥40000.00 from B in 1. A has ¥30000.00 to spend. One payment from A is at most ¥50000.00 (a limit of this wallet). There is no fee.',
      },
    });
  });

  test('why it is not the default card is said, and that a balance is not known', () => {
    const route = planRoute(request(4_000_000n, [poor, dumb], { partsMax: 1 }));
    expect(partsOf(route)).toEqual([['U', 4_000_000n]]);
    expect(route.kind === 'route' && route.explanation.en).toBe(
      'Paid at once from U. A has ¥30000.00 to spend. The bank of U did not tell its balance; it is used only because the others are not enough. There is no fee.',
    );
  });
});

describe('beside trying everything', () => {
  const small = fc.record({
    available: fc.option(fc.bigInt(0n, 9n), { nil: null, freq: 4 }),
    isDefault: fc.boolean(),
    cap: fc.bigInt(1n, 6n),
    min: fc.bigInt(0n, 4n),
    day: fc.bigInt(0n, 9n),
    count: fc.bigInt(0n, 3n),
  });
  const asked = fc.record({
    amount: fc.bigInt(1n, 14n),
    cards: fc.array(small, { maxLength: 3 }),
    partsMax: fc.integer({ min: 1, max: 4 }),
    userDay: fc.bigInt(0n, 20n),
    userCount: fc.bigInt(0n, 5n),
  });

  test('a route is found if and only if there is one, with the fewest parts; what is reachable is the most there is', () => {
    fc.assert(
      fc.property(asked, ({ amount, cards, partsMax, userDay, userCount }) => {
        const sources = cards.map((card, index) =>
          source(`c${index}`, {
            isDefault: card.isDefault,
            available: card.available,
            left: [
              line({ min: card.min, max: card.cap }),
              day(card.day),
              line({ unit: 'count', window: 'day', max: card.count }),
            ],
          }),
        );
        const userLeft = [
          day(userDay, { subject: 'user' }),
          line({ subject: 'user', unit: 'count', window: 'day', max: userCount }),
        ];
        const planned = planRoute(request(amount, sources, { partsMax, userLeft }));
        const ways = everyWay(sources, Math.min(partsMax, Number(userCount)), userDay, amount);
        const exact = ways
          .filter((way) => way.sum === amount)
          .sort((a, b) => a.unknown - b.unknown || a.parts - b.parts);
        expect(planned.kind).toBe(exact.length > 0 ? 'route' : 'none');
        if (planned.kind === 'none') {
          expect(planned.reachable).toBe(ways.reduce((most, way) => (way.sum > most ? way.sum : most), 0n));
          return;
        }
        const isUnknown = (cardId: string) => sources.some((one) => one.cardId === cardId && one.available === null);
        expect(planned.parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(amount);
        expect(planned.parts.filter((part) => isUnknown(part.cardId))).toHaveLength(exact[0]?.unknown ?? -1);
        expect(planned.parts).toHaveLength(exact[0]?.parts ?? -1);
        for (const [index, card] of cards.entries()) {
          const own = planned.parts.filter((part) => part.cardId === `c${index}`);
          const sum = own.reduce((total, part) => total + part.amount, 0n);
          expect(own.every((part) => part.amount >= card.min && part.amount > 0n && part.amount <= card.cap)).toBe(
            true,
          );
          expect(sum <= card.day && sum <= (card.available ?? sum) && BigInt(own.length) <= card.count).toBe(true);
        }
      }),
      { numRuns: 3000, verbose: true },
    );
  });
});

/** All sums up to the amount that can be moved, each with how many parts and how many from unknown balances. */
function everyWay(sources: RouteSource[], partsMax: number, userDay: bigint, amount: bigint) {
  let ways = [{ sum: 0n, parts: 0, unknown: 0 }];
  for (const { left, available } of sources) {
    const [single, sums, counts] = left as [LimitLeft, LimitLeft, LimitLeft]; // as they were made above
    // All sums of so many payments, one payment after the other.
    let own = [{ sum: 0n, parts: 0 }];
    for (let level = own; level.length > 0; own = own.concat(level))
      level = distinct(
        level.flatMap(({ sum, parts }) => {
          const next: { sum: bigint; parts: number }[] = [];
          for (let part = single.min > 0n ? single.min : 1n; part <= single.max; part += 1n)
            if (sum + part <= sums.max && sum + part <= (available ?? amount) && sum + part <= amount)
              if (BigInt(parts + 1) <= counts.max && parts + 1 <= partsMax)
                next.push({ sum: sum + part, parts: parts + 1 });
          return next;
        }),
      );
    ways = distinct(
      ways.flatMap((way) =>
        own.map((one) => ({
          sum: way.sum + one.sum,
          parts: way.parts + one.parts,
          unknown: way.unknown + (available === null ? one.parts : 0),
        })),
      ),
    ).filter((way) => way.parts <= partsMax && way.sum <= userDay && way.sum <= amount);
  }
  return ways;
}

function distinct<T extends object>(all: T[]): T[] {
  return [...new Map(all.map((one) => [Object.values(one).join(' '), one])).values()];
}
