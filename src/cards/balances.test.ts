import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { systemClock } from '../base/clock.ts';
import type { CardBalance } from './cards.ts';
import { openCardsWorld, type Somebody } from './test-cards.ts';

const { sql } = await freshDatabase();
const world = await openCardsWorld(sql);
const { cards, people, rail } = world;
const { clock } = people;
const enquiries = () => rail.asked.filter(({ kind }) => kind === 'enquire').length;
const read = (who: Somebody, isFresh = false) => cards.balances(who.session, { isFresh });

/** Somebody with three cards, the second of which does as it is told. */
async function threeCards() {
  const who = await world.somebody();
  const issued = [
    world.issue('ICBC', who.identity, { ledgerFen: 111n }),
    world.issue('ABC', who.identity, { ledgerFen: 222n }),
    world.issue('CMB', who.identity, { ledgerFen: -333n, isCredit: true }),
  ] as const;
  for (const card of issued) await world.bind(who, card);
  return { who, issued };
}

describe('balances', () => {
  test('come from all banks, with the bill of a credit card, the default card first', async () => {
    const { who } = await threeCards();
    const told: string[] = [];
    const balances = await cards.balances(who.session, { isFresh: false, tell: ({ cardId }) => told.push(cardId) });
    expect(balances).toMatchObject([
      { kind: 'answered', isCached: false, ledger: { minor: 111n }, available: { minor: 111n }, bill: null },
      { kind: 'answered', isCached: false, ledger: { minor: 222n }, bill: null },
      {
        kind: 'answered',
        ledger: { minor: -333n },
        available: { minor: 4_999_667n },
        bill: {
          amount: { minor: 128_800n },
          minimum: { minor: 12_880n },
          dueDay: '2026-11-28',
          billedDay: '2026-11-10',
        },
      },
    ]);
    expect(told.sort()).toEqual(balances.map(({ cardId }) => cardId).sort());
    expect(await cards.balances((await world.somebody()).session, { isFresh: false })).toEqual([]);
  });

  test('of a slow bank come last and of a dead one not at all; the others are told first', async () => {
    const { who, issued } = await threeCards();
    await read(who);
    const spokenAt = clock.now();
    clock.advanceMs(60_000);
    issued[0].delayMs = 120;
    issued[1].mood = 'silence';
    const told: CardBalance[] = [];
    const balances = await cards.balances(who.session, { isFresh: false, tell: (each) => told.push(each) });
    expect(told.map(({ cardId }) => cardId)).toEqual([2, 0, 1].map((at) => balances[at]?.cardId));
    expect(balances[0]).toMatchObject({ kind: 'answered', isCached: false });
    expect(balances[1]).toMatchObject({ kind: 'unknown', last: { at: spokenAt, ledger: { minor: 222n } } });
    expect(balances[2]).toMatchObject({ kind: 'answered', isCached: false });
  });

  test('of a card that was never heard of and a bank that refuses are told as that', async () => {
    const { who, issued } = await threeCards();
    issued[0].mood = 'silence';
    issued[1].mood = 'lost';
    expect(await read(who)).toMatchObject([
      { kind: 'unknown', last: null },
      { kind: 'refused', reason: 'card_lost' },
      { kind: 'answered' },
    ]);
  });

  test('of banks of which the rail never says anything are waited for until the deadline', async () => {
    const { who } = await threeCards();
    const mute = await world.openAnother({
      desk: { ...world.deps.desk, rail: { ...rail, enquire: () => new Promise(() => {}) } },
      balanceDeadlineMs: 50,
    });
    const balances = await mute.balances(who.session, { isFresh: true });
    expect(balances.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('survive a rail that throws and a reader that went away', async () => {
    const { who } = await threeCards();
    const broken = await world.openAnother({
      desk: { ...world.deps.desk, rail: { ...rail, enquire: () => Promise.reject(new Error('the rail broke')) } },
    });
    const unheard = await broken.balances(who.session, { isFresh: true });
    expect(unheard.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
    const tell = (): void => {
      throw new Error('gone');
    };
    expect((await cards.balances(who.session, { isFresh: true, tell })).map(({ kind }) => kind)).toEqual([
      'answered',
      'answered',
      'answered',
    ]);
  });

  test('are asked for once in ten seconds, and again when somebody wants them fresh', async () => {
    const { who } = await threeCards();
    const first = await read(who);
    const before = enquiries();
    clock.advanceMs(9_999);
    expect(await read(who)).toEqual(first.map((balance) => ({ ...balance, isCached: true })));
    expect(enquiries()).toBe(before);
    await read(who, true);
    expect(enquiries()).toBe(before + 3);
    clock.advanceMs(10_000);
    await read(who);
    expect(enquiries()).toBe(before + 6);
  });

  test('asked for by many at once, on two nodes, are asked once at the bank', async () => {
    const { who, issued } = await threeCards();
    const nodes = [await world.openAnother({ clock: systemClock }), await world.openAnother({ clock: systemClock })];
    for (const card of issued) card.delayMs = 60;
    const before = enquiries();
    const all = await Promise.all(
      [...nodes, ...nodes, ...nodes].map((node) => node.balances(who.session, { isFresh: true })),
    );
    expect(enquiries() - before).toBe(3);
    expect(all.flat().every(({ kind }) => kind === 'answered')).toBe(true);
  });

  test('are asked for at most a hundred times a day; then the last known is told', async () => {
    const { who } = await threeCards();
    await read(who);
    const today = clock.now();
    await sql`update card_balances set asked_count = 100 where card_id in (select id from cards where user_id = ${who.session.userId})`;
    clock.advanceMs(60_000);
    const before = enquiries();
    expect(await read(who, true)).toMatchObject([
      { kind: 'answered', isCached: true, at: today, ledger: { minor: 111n } },
      { isCached: true },
      { isCached: true },
    ]);
    expect(enquiries()).toBe(before);
    clock.advanceMs(24 * 3_600_000);
    expect(await read(who)).toMatchObject([{ isCached: false }, { isCached: false }, { isCached: false }]);
  });

  test('are asked for by somebody else when whoever asked died', async () => {
    const { who } = await threeCards();
    await read(who);
    await sql`update card_balances set asking_until = ${new Date(clock.now().getTime() + 2800)}`;
    clock.advanceMs(2800);
    expect((await read(who, true)).every(({ isCached }) => !isCached)).toBe(true);
  });

  test('stand in their table as fen, without number or name', async () => {
    const { who } = await threeCards();
    await read(who);
    const columns = await sql<{ name: string }[]>`
      select column_name as name from information_schema.columns where table_name = 'card_balances' order by 1`;
    expect(columns.map(({ name }) => name).filter((name) => /number|name|holder|last4|user/.test(name))).toEqual([]);
  });
});
