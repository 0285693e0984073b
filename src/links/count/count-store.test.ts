import { beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/database.ts';
import { LINK_FLUSH_STEP_ROWS } from '../../base/link-limits.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import { addLinkDays, type LinkDay } from './count-store.ts';
import { LinkTally } from './link-tally.ts';
import { BOOK } from './test-counter.ts';

const { sql } = await freshDatabase();
const DAY = '2026-11-23';
const LINKS = 4 * LINK_FLUSH_STEP_ROWS + 7;

beforeEach(async () => {
  await sql`truncate link_days`;
});

/** So many links, opened once each by one person; from the last to the first, which is no order that anybody writes in. */
function openedOnce(links = LINKS): LinkDay[] {
  return Array.from({ length: links }, (_, at) => {
    const tally = new LinkTally();
    tally.opens = 1;
    tally.people.add(at);
    return { book: BOOK, linkId: `lnk_${String(links - at).padStart(6, '0')}`, day: DAY, tally };
  });
}

interface Statement {
  verb: 'insert' | 'select' | 'update';
  linkIds: readonly string[];
}

/** The same transaction; each statement that names links is written down. */
function noting(tx: Tx, statements: Statement[]): Tx {
  return new Proxy(tx, {
    apply(target, self, args: [TemplateStringsArray, ...unknown[]]) {
      const [texts, ...values] = args;
      const linkIds = values.find((value): value is string[] => Array.isArray(value)) ?? [];
      const verb = /insert|select|update/.exec(texts[0] ?? '')?.[0];
      if (verb === 'insert' || verb === 'select' || verb === 'update') statements.push({ verb, linkIds });
      return Reflect.apply(target, self, args) as unknown; // as the driver answers
    },
  });
}

async function countedOpens(at: Sql): Promise<{ links: bigint; opens: bigint; people: bigint }[]> {
  return await at`
    select count(*) as links, sum(opens)::bigint as opens, sum(people)::bigint as people
    from link_days`;
}

describe('what many links are written by', () => {
  test('rows are added to in small steps, each after the database has answered the last, so that opens are served in between', async () => {
    const statements: Statement[] = [];
    await sql.begin((tx) => addLinkDays(noting(tx, statements), openedOnce()));
    const [insert, ...steps] = statements;
    expect(insert?.verb).toBe('insert');
    expect(steps.map(({ verb }) => verb)).toEqual(
      Array.from({ length: Math.ceil(LINKS / LINK_FLUSH_STEP_ROWS) }, () => ['select', 'update']).flat(),
    );
    for (const { linkIds } of steps) expect(linkIds.length).toBeLessThanOrEqual(LINK_FLUSH_STEP_ROWS);
    const sorted = openedOnce()
      .map(({ linkId }) => linkId)
      .toSorted();
    for (const verb of ['select', 'update'] as const)
      expect(steps.filter((step) => step.verb === verb).flatMap(({ linkIds }) => linkIds)).toEqual(sorted);
    expect(await countedOpens(sql)).toEqual([{ links: BigInt(LINKS), opens: BigInt(LINKS), people: BigInt(LINKS) }]);
  });

  test('those who add to the same links at once, each in an order of its own, wait for one another and never bar one another', async () => {
    for (let round = 0; round < 3; round++) {
      const half = openedOnce(round === 0 ? LINKS : 2 * LINKS).filter((_, at) => at % 2 === 0);
      await Promise.all(
        [openedOnce(), openedOnce().toReversed(), half].map((days) => sql.begin((tx) => addLinkDays(tx, days))),
      );
    }
    const [sums] = await countedOpens(sql);
    const halves = Math.ceil(LINKS / 2) + 2 * LINKS;
    expect(sums?.opens).toBe(BigInt(3 * 2 * LINKS + halves));
  });
});
