import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import type { Reservation } from './limits.ts';
import { BOOK, type LimitsWorld, openLimitsWorld } from './test-limits.ts';

let world: LimitsWorld;
beforeAll(async () => {
  world = await openLimitsWorld();
});

/*
 * A model as naive as can be: a list of all that was reserved, summed up anew for each question. Three cards of class II of two
 * people, so that 10,000.00 a day and card is what they meet; two days around midnight.
 */
interface Kept {
  item: Reservation;
  state: 'held' | 'used' | 'released';
}

const DAYS = [new Date('2027-03-01T15:59:59.999Z'), new Date('2027-03-01T16:00:00Z')];
const DAY_MAX = 1_000_000n;

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      items: fc.array(item(), { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('use' as const, 'release' as const),
      picks: fc.array(fc.nat(30), { maxLength: 4 }),
    }),
  },
);

function item() {
  return fc.record({
    card: fc.nat(2),
    day: fc.nat(1),
    minor: fc.oneof(fc.bigInt(1n, 400_000n), fc.constantFrom(500_000n, 500_001n, 1_000_000n, 1_000_001n)),
  });
}

describe('limits beside a model', () => {
  test('whatever is reserved, used and given back, the same is refused and left', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        run += 1;
        const kept: Kept[] = [];
        for (const one of steps) {
          if (one.kind === 'reserve') {
            const items = one.items.map(({ card, day, minor }) =>
              world.reservation({
                minor,
                cardId: `card_m${run}_${card}`,
                userId: `usr_m${run}_${card % 2}`,
                accountClass: 2,
                at: DAYS[day] ?? new Date(0),
              }),
            );
            const answers = await world.reserve(items);
            expect(answers.map((answer) => !(answer instanceof Refusal))).toEqual(
              items.map((each) => keep(kept, each)),
            );
          } else {
            const ids = one.picks.flatMap((pick) => kept[pick % Math.max(kept.length, 1)]?.item.id ?? []);
            await (one.kind === 'use' ? world.use(...ids) : world.release(...ids));
            end(kept, ids, one.kind === 'use' ? 'used' : 'released');
          }
        }
        await compare(kept);
      }),
      { numRuns: 25, verbose: true },
    );
  });
});

function keep(kept: Kept[], item: Reservation): boolean {
  const sum = sumOf(kept, item, ['held', 'used']);
  if (sum + item.amount.minor > DAY_MAX) return false;
  kept.push({ item, state: 'held' });
  return true;
}

function end(kept: Kept[], ids: readonly string[], state: 'used' | 'released'): void {
  for (const one of kept) if (one.state === 'held' && ids.includes(one.item.id)) one.state = state;
}

function sumOf(kept: readonly Kept[], like: Reservation, states: readonly Kept['state'][]): bigint {
  return kept
    .filter((one) => one.item.cardId === like.cardId && one.item.at === like.at && states.includes(one.state))
    .reduce((sum, one) => sum + one.item.amount.minor, 0n);
}

async function compare(kept: readonly Kept[]): Promise<void> {
  const lines = await world.limits.left(
    world.sql,
    kept.map((one) => one.item),
  );
  for (const [index, { item }] of kept.entries()) {
    const line = lines[index]?.find((one) => one.rule === 'out_card_day');
    expect(line).toMatchObject({
      max: DAY_MAX,
      used: sumOf(kept, item, ['used']),
      held: sumOf(kept, item, ['held']),
    });
  }
  const [row] = await world.sql<{ wrong: bigint }[]>`
    select count(*) as wrong
    from limit_counters c
    where c.book = ${BOOK}
      and c.held <> (
        select coalesce(sum(part.amount), 0)
        from limit_holds h
        cross join lateral unnest(h.subjects, h.rules, h.starts_on, h.amounts) as part (subject, rule, starts_on, amount)
        where h.book = c.book
          and h.state = 'held'
          and (part.subject, part.rule, part.starts_on) = (c.subject, c.rule, c.starts_on)
      )`;
  expect(row?.wrong).toBe(0n);
}
