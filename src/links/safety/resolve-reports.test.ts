import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/database.ts';
import { OPERATOR, openTestSafety, SHOP, type TestSafety } from './test-safety.ts';

let db: FreshDatabase;
let safety: TestSafety;
beforeAll(async () => {
  db = await freshDatabase();
  safety = openTestSafety(db.sql);
});
afterAll(() => safety.reports.stop());

const linkOf = (id: string) => ({ kind: 'link', id }) as const;

describe('what an operator decides', () => {
  test('takes down the link and closes its reports', async () => {
    const ready = safety.link();
    await safety.report(ready, '9.4.0.1');
    await safety.report(ready, '9.4.0.2');
    safety.asked.length = 0;
    const verdict = { kind: 'upheld', takeDown: linkOf(ready.link.id) } as const;
    expect(
      await safety.reports.resolve({ actor: OPERATOR, linkId: ready.link.id, verdict, note: 'asks for codes' }),
    ).toEqual({
      reports: 2,
      links: 1,
    });
    expect(safety.asked).toEqual([`wang: taken_down ${ready.link.id}: asks for codes`]);
    const { data } = await safety.reports.list({
      viewer: OPERATOR,
      state: 'upheld',
      linkId: ready.link.id,
      before: null,
      itemsMax: 9,
    });
    expect(data).toMatchObject([{ resolvedBy: 'wang', note: 'asks for codes' }, { resolvedBy: 'wang' }]);
  });

  test.each(['host', 'merchant'] as const)(
    'takes down all of a %s, blocks it and closes all reports of it',
    async (kind) => {
      const mine = kind === 'host' ? { page: 'https://bad.example/a' } : {};
      const [one, two, other] = [safety.link(mine), safety.link(mine), safety.link({ page: 'https://good.example/' })];
      const ready = {
        ...other,
        link: { ...other.link, owner: { kind: 'merchant', merchantId: 'mer_other' } as const },
      };
      safety.clock.advanceMs(60_000);
      for (const each of [one, two, ready]) await safety.report(each, '9.5.0.1');
      safety.asked.length = 0;
      const subject = { kind, id: kind === 'host' ? 'bad.example' : 'mer_06F5KZJ8W0000000000000ABCD' };
      const done = await safety.reports.resolve({
        actor: OPERATOR,
        linkId: one.link.id,
        verdict: { kind: 'upheld', takeDown: subject },
        note: 'a nest',
      });
      expect(done.links).toBe(3);
      expect(safety.asked).toEqual([`all of ${subject.id}: a nest`]);
      const open = await safety.reports.list({
        viewer: OPERATOR,
        state: 'open',
        linkId: null,
        before: null,
        itemsMax: 100,
      });
      expect(open.data.some(({ linkId }) => linkId === two.link.id)).toBe(false);
      expect(open.data.some(({ linkId }) => linkId === ready.link.id)).toBe(true);
      expect(safety.reports.isBlocked(subject)).toBe(true);
      expect(safety.reports.warningOf(one)).toMatchObject({ kind: 'blocked' });
      expect(safety.reports.warningOf(ready)).toBeNull();
      await safety.reports.liftBrake({ actor: OPERATOR, subject, reason: 'sold to others' });
      expect(safety.reports.isBlocked(subject)).toBe(false);
      expect(safety.reports.warningOf(one)).toBeNull();
    },
  );

  test('that fails in the middle leaves the reports open, and the block in force', async () => {
    const own = openTestSafety(db.sql);
    const ready = own.link({ page: 'https://half.example/' });
    await own.report(ready, '9.6.0.1');
    own.breakDesk();
    const takeDown = { kind: 'host', id: 'half.example' } as const;
    const verdict = { kind: 'upheld', takeDown } as const;
    await expect(
      own.reports.resolve({ actor: OPERATOR, linkId: ready.link.id, verdict, note: 'x' }),
    ).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(
      await own.reports.list({ viewer: OPERATOR, state: 'open', linkId: ready.link.id, before: null, itemsMax: 9 }),
    ).toMatchObject({
      data: [{ state: 'open' }],
    });
    expect(own.reports.warningOf(ready)).toMatchObject({ kind: 'blocked' });
  });

  test('needs a reason, and a report that waits', async () => {
    const ready = safety.link();
    const ask = { actor: OPERATOR, linkId: ready.link.id, verdict: { kind: 'dismissed' } } as const;
    await expect(safety.reports.resolve({ ...ask, note: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    await safety.report(ready, '9.7.0.1');
    for (const note of ['', ' \n\u200b '])
      await expect(safety.reports.resolve({ ...ask, note })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(
      safety.reports.liftBrake({ actor: OPERATOR, subject: linkOf('lnk_none'), reason: 'x' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is never rewritten', async () => {
    await expect(db.sql`update link_safety_acts set reason = 'x'`).rejects.toThrow(/append-only/);
    await expect(db.sql`delete from link_safety_acts`).rejects.toThrow(/append-only/);
  });

  test('is nobody else’s business', async () => {
    const { reports } = safety;
    const subject = linkOf('lnk_1');
    const tries = [
      reports.list({ viewer: SHOP, state: null, linkId: null, before: null, itemsMax: 9 }),
      reports.get(SHOP, 'lrp_1'),
      reports.waiting(SHOP, 9),
      reports.listBrakes(SHOP),
      reports.acts(SHOP, 'lnk_1', 9),
      (async () =>
        await reports.resolve({ actor: SHOP, linkId: 'lnk_1', verdict: { kind: 'dismissed' }, note: 'x' }))(),
      (async () => await reports.takeDown({ actor: SHOP, takeDown: subject, reason: 'x' }))(),
      (async () =>
        await reports.setBrake({ actor: { kind: 'user', userId: 'usr_1' }, subject, effect: 'block', reason: 'x' }))(),
      (async () => await reports.liftBrake({ actor: SHOP, subject, reason: 'x' }))(),
    ];
    for (const each of tries) await expect(each).rejects.toMatchObject({ code: 'not_found' });
  });
});
