import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/database.ts';
import { openTestSafety, type TestSafety } from './test-safety.ts';

let db: FreshDatabase;
let safety: TestSafety;
beforeAll(async () => {
  db = await freshDatabase();
  safety = openTestSafety(db.sql);
});
afterAll(() => safety.reports.stop());

test('what one party sends with a thousand addresses pushes nobody else’s reports out of what is weighed', async () => {
  const ready = safety.link();
  const others = ['9.15.1.1', '9.15.2.1', '9.15.3.1', '9.15.4.1', '9.15.5.1', '9.15.6.1'];
  await safety.open(ready, others);
  const braked: boolean[] = [];
  for (const address of others.slice(0, 4)) braked.push((await safety.report(ready, address)).braked);
  safety.clock.advanceMs(60_000);
  const now = safety.clock.now();
  await db.sql`
    insert into link_reports (book, id, link_id, code, link_version, owner, reason, network, near, opened, lang, state, created_at, day)
    select book, 'lrp_flood' || n, link_id, code, link_version, owner, reason, sha256(('flood' || n)::bytea), sha256('flood'), false, lang,
      state, ${now}, day
    from link_reports, generate_series(1, 1000) as n
    where link_id = ${ready.link.id}
      and near = (select min(near) from link_reports where link_id = ${ready.link.id})`;
  expect(braked).not.toContain(true);
  safety.clock.advanceMs(60_000);
  for (const address of others.slice(4)) braked.push((await safety.report(ready, address)).braked);
  expect(braked).toContain(true);
});
