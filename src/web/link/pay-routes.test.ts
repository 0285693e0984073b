import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { cancelPayment } from '../../cashier/cancel-payment.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';
import { openPayLinks, type PayLinks } from '../../links/pay/pay-links.ts';
import { type GivenTerms, readPlan, toTerms } from '../../links/pay/read-terms.ts';
import { insertTerms } from '../../links/pay/terms-store.ts';
import { openTestLinks, payUnder, type TestLinks } from '../../links/pay/test-links.ts';
import type { Outcome } from '../../wallets/wallet.ts';
import { linkPayRoutes } from './pay-routes.ts';

let world: TestLinks;
let payLinks: PayLinks;
let app: FastifyInstance;
const ready = new Map<string, ReadyLink>();
const publicUrl = 'https://pay.example';

beforeAll(async () => {
  world = await openTestLinks();
  payLinks = openPayLinks({ ...world.cashier.deps, book: world.book, cashier: world.cashier, publicUrl });
  const reader: LinkReader = {
    find: (_host, code) => [...ready.values()].find(({ link }) => link.code === code) ?? null,
    findById: async (_book, id) => ready.get(id) ?? null,
    servingHost: () => undefined,
    appsOfHost: () => [],
  };
  app = fastify();
  const deps = { clock: world.clock, random: systemRandom, log: silentLog, book: world.book, publicUrl };
  await app.register(
    linkPayRoutes({
      ...deps,
      walletUrl: 'https://wallet.example',
      reader,
      payLinks,
      isBlocked: ({ link }) => blocked.has(link.code),
    }),
  );
});
afterAll(async () => {
  await app.close();
  await payLinks.stop();
});
beforeEach(() => world.clock.advanceMs(61_000));

/** Links that the operator has blocked. */
const blocked = new Set<string>();

const cny = (minor: number) => ({ currency: 'CNY', minor: String(minor) }) as const;

async function addLink(kind: 'pay' | 'group', given: GivenTerms, change: Partial<ReadyLink['link']> = {}) {
  const { id, code } = await world.addLink({ kind });
  const plan = readPlan(kind, '周五聚餐', given, '');
  if (plan === null) throw new Error('a plan');
  const now = world.clock.now();
  const link: ReadyLink['link'] = {
    book: world.book,
    id,
    code,
    servedBy: null,
    kind,
    livemode: false,
    state: 'active',
    stateReason: null,
    owner: { kind: 'merchant', merchantId: world.merchantId },
    page: null,
    appPath: null,
    title: '周五聚餐',
    description: null,
    imageUrl: null,
    price: null,
    availability: null,
    direct: false,
    expiresAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...change,
  };
  ready.set(id, {
    link,
    url: `${publicUrl}/l/${code}`,
    servedHost: 'pay.example',
    ownerName: '测试小店',
    apps: [],
    targets: new Set(),
  });
  await world.sql.begin((tx) => insertTerms(tx, [toTerms(link, plan)]));
  return { ...link, path: `/l/${code}/pay` };
}

const get = async (path: string) =>
  await app.inject({ method: 'GET', url: `${path}${path.includes('?') ? '&' : '?'}lang=en` });
const post = async (path: string, fields: Record<string, string>) =>
  await app.inject({
    method: 'POST',
    url: `${path}?lang=en`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
const nonceIn = (body: string) => /name="nonce" value="([^"]+)"/.exec(body)?.[1] ?? '';
const newNonce = () => systemRandom.bytes(16).toString('hex');

async function paymentBehind(location: string | string[] | number | undefined) {
  const id = /^https:\/\/pay\.example\/c\/(pay_[^/]+)\//.exec(String(location))?.[1] ?? '';
  const payment = await world.cashier.readPayment(world.book, id);
  if (payment === null) throw new Error(`no payment behind ${String(location)}`);
  return { ...payment, minor: payment.amountMinor };
}

async function cancel(paymentId: string): Promise<void> {
  const { book, merchantId } = world;
  const claim = { book, merchantId, key: newNonce(), route: 'c', fingerprint: 'c' };
  await cancelPayment(world.cashier, { book, paymentId, merchantId, claim });
}

describe('the page of a pay link', () => {
  test('with an amount shows it, and its button leads to the cashier of a new payment', async () => {
    const { path, id, code } = await addLink('pay', { pay: { amount: cny(1280), subject: '茶具' } });
    const page = await get(path);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('¥12.80');
    expect(page.body).toContain('测试小店');
    expect(page.body).not.toContain('name="amount"');
    const sent = await post(path, { nonce: nonceIn(page.body), note: '  不要\n辣 ' });
    expect(sent.statusCode).toBe(303);
    expect(await paymentBehind(sent.headers.location)).toMatchObject({
      amountMinor: 1280n,
      subject: '不要 辣',
      linkCode: code,
      metadata: { link: id },
      returnUrl: expect.stringMatching(/^https:\/\/pay\.example\/l\/\w+\/pay\?back=LK-\w+$/),
    });
  });

  test('that the operator has blocked is gone, and takes nothing', async () => {
    const { path, code } = await addLink('pay', { pay: { amount: cny(500) } });
    expect((await get(path)).statusCode).toBe(200);
    blocked.add(code);
    expect((await get(path)).statusCode).toBe(404);
    expect((await post(path, { nonce: newNonce(), note: '' })).statusCode).toBe(404);
  });

  test('looking at it makes no payment', async () => {
    const { path, code } = await addLink('pay', { pay: { amount: cny(1280) } });
    await get(path);
    expect(await world.sql`select from payments where link_code = ${code}`).toHaveLength(0);
  });

  test.each([
    ['', 'Type an amount.'],
    ['0.99', 'The amount must be between ¥1.00 and ¥5.00.'],
    ['5.01', 'The amount must be between ¥1.00 and ¥5.00.'],
    ['1.005', 'There are too many decimals.'],
    ['"><script>1</script>', 'Type digits only'],
  ])('that asks for an amount tells what is wrong with %j', async (amount, line) => {
    const { path } = await addLink('pay', { pay: { min: cny(100), max: cny(500) } });
    const sent = await post(path, { nonce: newNonce(), amount, note: '' });
    expect(sent.statusCode).toBe(400);
    expect(sent.body).toContain(line);
    expect(sent.body).not.toContain('<script>1');
  });

  test('the same form sent twice leads to the same cashier', async () => {
    const { path } = await addLink('pay', { pay: { min: cny(100), max: cny(500) } });
    const fields = { nonce: newNonce(), amount: '2', note: '' };
    const [a, b] = [await post(path, fields), await post(path, fields)];
    expect(b.headers.location).toBe(a.headers.location);
  });

  test('says what became of a payment that is over, and its new form makes another', async () => {
    const { path, code } = await addLink('pay', { pay: { min: cny(100), max: cny(50_000), times: 3 } });
    const fields = { nonce: newNonce(), amount: '2.50', note: '不要辣' };
    const first = await paymentBehind((await post(path, fields)).headers.location);
    await cancel(first.id);
    const told = await post(path, fields);
    expect([told.statusCode, told.headers.location]).toEqual([409, undefined]);
    for (const text of ['data-kind="over"', 'Your earlier payment was cancelled', 'value="2.50"', 'value="不要辣"'])
      expect(told.body).toContain(text);
    const sent = await post(path, { ...fields, nonce: nonceIn(told.body) });
    const second = await paymentBehind(sent.headers.location);
    expect(second).toMatchObject({ amountMinor: 250n, subject: '不要辣', state: 'requires_payment_method' });
    expect(await world.sql`select from payments where link_code = ${code}`).toHaveLength(2);
  });

  test('that was paid as often as it may be says so, and takes nothing', async () => {
    const { path } = await addLink('pay', { pay: { amount: cny(100), times: 1 } });
    const sent = await post(path, { nonce: newNonce(), note: '' });
    const busy = await post(path, { nonce: newNonce(), note: '' });
    expect([busy.statusCode, busy.body.includes('data-kind="busy"')]).toEqual([409, true]);
    await payUnder(world, await paymentBehind(sent.headers.location));
    expect((await get(path)).body).toContain('data-kind="paid"');
    expect((await post(path, { nonce: newNonce(), note: '' })).statusCode).toBe(409);
  });

  test.each([
    ['stopped', { state: 'stopped' } as const, 410],
    ['taken down', { state: 'taken_down', stateReason: 'phishing' } as const, 410],
    ['over', { expiresAt: new Date('2026-01-01T00:00:00Z') }, 410],
  ])('that is %s takes nothing', async (_, change, status) => {
    const { path, code } = await addLink('pay', { pay: { amount: cny(100) } }, change);
    expect((await get(path)).statusCode).toBe(status);
    expect((await post(path, { nonce: newNonce(), note: '' })).statusCode).toBe(status);
    expect(await world.sql`select from payments where link_code = ${code}`).toHaveLength(0);
  });

  test.each(['/l/abcdefgh/pay', '/l/../pay', '/l/%00aaaaaaa/pay', `/l/${'a'.repeat(90)}/pay`])(
    '%s is no link',
    async (path) => {
      expect((await get(path)).statusCode).toBe(404);
    },
  );

  test('a form without the nonce of its page is refused in words', async () => {
    const { path } = await addLink('pay', { pay: { amount: cny(100) } });
    expect((await post(path, { note: '' })).statusCode).toBe(400);
    expect((await post(path, { nonce: 'x'.repeat(32), note: '' })).body).toContain('data-testid="message"');
  });

  test('a form of a strange page takes nothing', async () => {
    const { path } = await addLink('pay', { pay: { amount: cny(500) } });
    const send = (site: string) =>
      app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': site },
        payload: new URLSearchParams({ nonce: newNonce() }).toString(),
      });
    expect((await send('cross-site')).statusCode).toBe(403);
    expect((await send('same-origin')).statusCode).toBe(303);
  });

  test('at a serving host leads to our own address', async () => {
    const { path, code } = await addLink('pay', { pay: { amount: cny(100) } });
    const reply = await get(`/l-at/go.shop.example/${code}/pay`);
    expect([reply.statusCode, reply.headers.location]).toEqual([302, `https://pay.example${path}?lang=en`]);
  });

  test('whoever comes back from the cashier reads that nothing more is to be done', async () => {
    const { path } = await addLink('pay', { pay: { min: cny(1), max: cny(500) } });
    const reply = await app.inject({ method: 'GET', url: `${path}?lang=en&back=1` });
    expect(reply.body).toContain('data-testid="back"');
  });

  test('lets a form end at our own cashier only', async () => {
    const { path } = await addLink('pay', { pay: { amount: cny(100) } });
    expect((await get(path)).headers['content-security-policy']).toContain("form-action 'self' https://pay.example;");
  });
});

describe('the page of a group', () => {
  test('shows how far it is paid and by whom, and takes a name for the next share', async () => {
    const { path } = await addLink('group', { group: { total: cny(1000), shares: 3 } });
    const first = await get(path);
    expect(first.body).toContain('0 of 3 paid');
    expect(first.body).toContain('Pay my share, ¥3.34');
    const sent = await post(path, { nonce: nonceIn(first.body), name: ' 老 王 ' });
    const payment = await paymentBehind(sent.headers.location);
    expect(payment).toMatchObject({ amountMinor: 334n, metadata: { payer: '老 王', share: '1/3' } });
    expect((await get(path)).body).toContain('1 is being paid');
    await payUnder(world, payment);
    const after = await get(path);
    expect(after.body).toContain('1 of 3 paid');
    expect(after.body).toContain('老 王');
  });

  test.each(['', '   ', 'x'.repeat(21), '\u202e'])('a name like %j is refused', async (name) => {
    const { path } = await addLink('group', { group: { total: cny(1000), shares: 3 } });
    const sent = await post(path, { nonce: newNonce(), name });
    expect(sent.statusCode).toBe(400);
    expect(sent.body).toContain('Type 1 to 20 letters or digits.');
  });

  test('says of a share whose payment is over that it is free again, with the name that was typed', async () => {
    const { path } = await addLink('group', { group: { total: cny(1000), shares: 3 } });
    const fields = { nonce: newNonce(), name: '老王' };
    await cancel((await paymentBehind((await post(path, fields)).headers.location)).id);
    const told = await post(path, fields);
    expect([told.statusCode, told.body.includes('data-kind="over"')]).toEqual([409, true]);
    expect(told.body).toContain('value="老王"');
    const sent = await post(path, { ...fields, nonce: nonceIn(told.body) });
    expect(await paymentBehind(sent.headers.location)).toMatchObject({ metadata: { payer: '老王', share: '1/3' } });
  });

  test('a name is text and nothing else', async () => {
    const { path } = await addLink('group', { group: { total: cny(1000), shares: 3 } });
    await post(path, { nonce: newNonce(), name: '<img src=x>' });
    expect((await get(path)).body).not.toContain('<img');
  });

  test('by names lets each choose their own, and a paid one is not offered', async () => {
    const people = [
      { name: '老王', amount: cny(700) },
      { name: '小李', amount: cny(300) },
    ];
    const { path } = await addLink('group', { group: { total: cny(1000), people } });
    expect((await post(path, { nonce: newNonce() })).body).toContain('Choose a share.');
    const sent = await post(path, { nonce: newNonce(), place: '2' });
    await payUnder(world, await paymentBehind(sent.headers.location));
    const page = (await get(path)).body;
    expect(page).not.toContain('name="place" value="2"');
    const late = await post(path, { nonce: newNonce(), place: '2' });
    expect([late.statusCode, late.body.includes('data-kind="share_paid"')]).toEqual([409, true]);
  });

  test('says that it is all paid when it is', async () => {
    const { path } = await addLink('group', { group: { total: cny(200), shares: 2 } });
    for (const name of ['甲', '乙'])
      await payUnder(world, await paymentBehind((await post(path, { nonce: newNonce(), name })).headers.location));
    const page = (await get(path)).body;
    expect(page).toContain('data-testid="complete"');
    expect(page).not.toContain('group-form');
  });
});

describe('whoever comes back from the cashier', () => {
  type Ended = Partial<ReadyLink['link']> | 'blocked' | null;
  /** One payment of a link, and the page that its payer comes back to after the link has become what `ended` says. */
  async function payAndReturn(
    given: GivenTerms,
    outcome: Outcome | null | undefined | 'not asked',
    ended: Ended,
    kind: 'pay' | 'group' = 'pay',
  ) {
    const { path, id, code } = await addLink(kind, given);
    const payment = await paymentBehind(
      (await post(path, { nonce: newNonce(), note: '', amount: '2', name: '老王' })).headers.location,
    );
    if (outcome !== 'not asked') await payUnder(world, payment, outcome);
    const known = ready.get(id);
    if (known !== undefined && ended !== null && ended !== 'blocked')
      ready.set(id, { ...known, link: { ...known.link, ...ended } });
    if (ended === 'blocked') blocked.add(code);
    const back = new URL(payment.returnUrl);
    const reply = await app.inject({ method: 'GET', url: `${back.pathname}${back.search}&lang=en` });
    return { reply, path, back, kind: /data-testid="notice" data-kind="(\w+)"/.exec(reply.body)?.[1] ?? null };
  }
  const stopped = { state: 'stopped' } as const;
  const over = { expiresAt: new Date('2026-01-01T00:00:00Z') };
  const once = { pay: { amount: cny(200), times: 1 } };
  const endless = { pay: { min: cny(1), max: cny(500) } };
  const silence: Outcome = { kind: 'unknown', reason: 'silence' };
  const declined: Outcome = { kind: 'failed', reason: 'declined', walletCode: '', walletMessage: '' };

  test.each([
    ['used up', once, undefined, null, 'yours', 200],
    ['stopped', endless, undefined, stopped, 'yours', 200],
    ['over', endless, undefined, over, 'yours', 200],
    ['taken down', endless, undefined, { state: 'taken_down', stateReason: 'phishing' } as const, 'yours', 200],
    ['blocked', endless, undefined, 'blocked' as const, 'yours', 200],
    ['as it was', endless, undefined, null, 'yours', 200],
    ['stopped while nobody knows', endless, silence, stopped, 'unclear', 200],
    ['over while the wallet still may say so', endless, null, over, 'unclear', 200],
    ['over, and no wallet was asked', endless, 'not asked' as const, over, 'ended', 410],
    ['stopped, and the wallet has declined', endless, declined, stopped, 'ended', 410],
    ['blocked, and the wallet has declined', endless, declined, 'blocked' as const, 'gone', 404],
  ])('to a link that is %s reads what became of the payment', async (_, given, outcome, ended, kind, status) => {
    const told = await payAndReturn(given, outcome, ended);
    expect([told.kind, told.reply.statusCode]).toEqual([kind, status]);
    expect(told.reply.body.includes('¥2.00')).toBe(kind === 'yours');
    expect(told.reply.body.includes('Nothing was charged')).toBe(kind === 'ended');
  });

  test('to a link that has ended, with no payment of it, reads that it has ended', async () => {
    const { path, back } = await payAndReturn(endless, undefined, stopped);
    const other = await payAndReturn(endless, undefined, stopped);
    for (const said of ['1', 'LK-none', '', 'x'.repeat(300), other.back.searchParams.get('back') ?? ''])
      expect((await get(`${path}?back=${said}`)).body).toContain('data-kind="ended"');
    expect((await get(path)).body).toContain('data-kind="ended"');
    expect(back.searchParams.get('back')).toMatch(/^LK-/);
  });

  test('to a group reads of the own payment above how far it is paid, and of the last one as well', async () => {
    const group = { group: { total: cny(200), shares: 1 } };
    const last = await payAndReturn(group, undefined, null, 'group');
    expect(last.reply.body).toContain('data-testid="back" data-kind="paid"');
    expect(last.reply.body).toContain('data-testid="complete"');
    const unclear = await payAndReturn(group, silence, null, 'group');
    expect(unclear.reply.body).toContain('data-testid="back" data-kind="unclear"');
    expect((await payAndReturn(group, undefined, stopped, 'group')).kind).toBe('yours');
  });

  test('to a link that can be paid again is led on to it, without what was brought back', async () => {
    const { reply, path } = await payAndReturn(endless, undefined, null);
    const [, on = ''] = /href="([^"]+)" data-testid="on"/.exec(reply.body) ?? [];
    expect(on).toBe(`${path}?lang=en`);
    expect((await app.inject({ method: 'GET', url: on })).body).toContain('data-testid="pay-form"');
  });
});
