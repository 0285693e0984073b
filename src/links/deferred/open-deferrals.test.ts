import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFERRAL_MINUTES } from '../../base/link-limits.ts';
import { readKouling } from '../kouling/read-kouling.ts';
import { BOOK, openTestLinks, type TestLinks } from '../test-links.ts';
import { newDeferralCode } from './deferral-code.ts';
import { type Deferrals, openDeferrals } from './open-deferrals.ts';

let world: TestLinks;
let deferrals: Deferrals;
let keys = 0;
beforeAll(async () => {
  world = await openTestLinks();
  deferrals = openDeferrals({ ...world.deps, reader: world.reader });
});
afterAll(async () => {
  await deferrals.stop();
  await world.close();
});
beforeEach(async () => {
  await world.sql`delete from link_deferrals`;
});

function claim(code: string, over: { merchantId?: string; key?: string; livemode?: boolean } = {}) {
  const merchantId = over.merchantId ?? world.shop;
  const key = over.key ?? `claim ${(keys += 1)}`;
  const idempotency = {
    book: BOOK,
    merchantId,
    key,
    route: 'POST /v1/link-deferrals/claim',
    fingerprint: `claim ${code}`,
  };
  return deferrals.claim({ merchantId, livemode: over.livemode ?? false, code, claim: idempotency });
}

async function countRows(): Promise<number> {
  return (await world.sql`select 1 from link_deferrals`).length;
}

describe('a code that survives an installation', () => {
  test('brings the app’s backend to the link, and says to ask first', async () => {
    const ready = await world.readyLink({ title: '碧螺春' });
    const { code, expiresAt } = await deferrals.issue(ready);
    expect(expiresAt.getTime() - world.clock.now().getTime()).toBe(DEFERRAL_MINUTES * 60_000);
    const reply = await claim(code);
    expect(JSON.parse(reply.body)).toMatchObject({
      object: 'link_deferral',
      link: { id: ready.link.id, title: '碧螺春', url: ready.url },
      ask_first: true,
    });
  });

  test('works once; the same request sent again is answered the same', async () => {
    const { code } = await deferrals.issue(await world.readyLink());
    const first = await claim(code, { key: 'the same' });
    const again = await claim(code, { key: 'the same' });
    expect(again).toEqual({ ...first, replayed: true });
    await expect(claim(code)).rejects.toMatchObject({ code: 'not_found' });
    expect(await deferrals.claimByPaste(code)).toBeNull();
  });

  test('of many claims at once one has it', async () => {
    const { code } = await deferrals.issue(await world.readyLink());
    const claims = await Promise.allSettled(Array.from({ length: 12 }, () => claim(code)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('is over after an hour, to the millisecond', async () => {
    const { code } = await deferrals.issue(await world.readyLink());
    world.clock.advanceMs(DEFERRAL_MINUTES * 60_000 - 1);
    const { code: other } = await deferrals.issue(await world.readyLink());
    await claim(code);
    world.clock.advanceMs(DEFERRAL_MINUTES * 60_000);
    await expect(claim(other)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('of another merchant’s link is not found, and stays for its owner', async () => {
    const { code } = await deferrals.issue(await world.readyLink());
    await expect(claim(code, { merchantId: world.otherShop })).rejects.toMatchObject({ code: 'not_found' });
    await expect(claim(code, { livemode: true })).rejects.toMatchObject({ code: 'not_found' });
    expect((await claim(code)).status).toBe(200);
  });

  test('of a link that was stopped meanwhile leads nowhere', async () => {
    const ready = await world.readyLink();
    const { code } = await deferrals.issue(ready);
    await world.desk.setState({ actor: world.actor, id: ready.link.id, state: 'stopped', reason: 'sold out' });
    await expect(claim(code)).rejects.toMatchObject({ code: 'not_found' });
    expect(await deferrals.claimByPaste(code)).toBeNull();
    const stopped = await world.desk.get(world.actor, ready.link.id);
    await expect(deferrals.issue(stopped)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is found in what people paste, in small letters and among words too', async () => {
    const ready = await world.readyLink();
    for (const dress of [(code: string) => code, (code: string) => `打开链接 ${code.toLowerCase()}，谢谢`]) {
      const { code } = await deferrals.issue(ready);
      const read = readKouling(dress(code));
      expect(read).toMatchObject({ app: 'hutong', kind: 'ours', token: code, formatId: 'hutong-deferral' });
      expect((await deferrals.claimByPaste(read.token ?? ''))?.link.id).toBe(ready.link.id);
    }
  });

  test.each([
    '',
    'HT-',
    'HT-0123',
    `HT-${'Z'.repeat(26)}`,
    'abcd2345',
    `${newDeferralCode({ bytes: (n) => Buffer.alloc(n, 7) })}X`,
  ])('a text that is none (%j) is not found', async (text) => {
    await expect(claim(text)).rejects.toMatchObject({ code: 'not_found' });
    expect(await deferrals.claimByPaste(text)).toBeNull();
  });
});

describe('nothing but the code decides', () => {
  test('two codes of one moment and one link are strangers: each opens its own and none opens another', async () => {
    const [tea, soap] = [await world.readyLink({ title: '茶' }), await world.readyLink({ title: '皂' })];
    const issued = await Promise.all([tea, soap, tea, soap].map((ready) => deferrals.issue(ready)));
    expect(new Set(issued.map(({ code }) => code)).size).toBe(4);
    const found = [];
    for (const { code } of issued) found.push((await deferrals.claimByPaste(code))?.link.title);
    expect(found).toEqual(['茶', '皂', '茶', '皂']);
  });

  test('the row holds a keyed hash, a link and two instants, and no more', async () => {
    const { code } = await deferrals.issue(await world.readyLink());
    const columns = await world.sql<{ column_name: string }[]>`
      select column_name
      from information_schema.columns
      where table_name = 'link_deferrals'
      order by ordinal_position`;
    expect(columns.map((each) => each.column_name)).toEqual([
      'book',
      'code_hash',
      'link_id',
      'issued_at',
      'expires_at',
    ]);
    const [row] = await world.sql`select * from link_deferrals`;
    expect(JSON.stringify(row)).not.toContain(code.slice(3));
    // Without the key nobody can tell which code a hash is of.
    const { createHash } = await import('node:crypto');
    expect(row?.['code_hash']).not.toEqual(createHash('sha256').update(code).digest());
    expect(row?.['code_hash']).toEqual(world.keyring.digest('link deferral', code));
  });

  test('a claim leaves no row behind', async () => {
    const { code } = await deferrals.issue(await world.readyLink());
    expect(await countRows()).toBe(1);
    await claim(code);
    expect(await countRows()).toBe(0);
  });

  test('what nobody claimed is swept, and nothing else', async () => {
    const ready = await world.readyLink();
    await deferrals.issue(ready);
    world.clock.advanceMs(30 * 60_000);
    const { code } = await deferrals.issue(ready);
    world.clock.advanceMs(30 * 60_000);
    expect(await deferrals.sweep()).toBe(1);
    expect((await deferrals.claimByPaste(code))?.link.id).toBe(ready.link.id);
  });

  test('the table keeps no code longer than an hour', async () => {
    await expect(
      world.sql`
        insert into link_deferrals (book, code_hash, link_id, issued_at, expires_at)
        values (1, ${Buffer.alloc(32)}, 'lnk_01ARZ3NDEKTSV4RRFFQ69G5FAV', now(), now() + interval '61 minutes')`,
    ).rejects.toMatchObject({ code: '23514' });
  });
});
