import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../../../test/server.ts';
import { type OfrepServer, startOfrepServer } from '../../../test/ofrep-server.ts';
import { readPlan } from '../../rollout/read-plan.ts';
import { testContext, testPlan } from '../../rollout/test-plans.ts';
import { BOOK, openRolloutsWorld } from '../../rollout/test-world.ts';

const world = await openRolloutsWorld();
let server: OfrepServer;
let everywhere = '';
beforeAll(async () => {
  server = await startOfrepServer(world);
  everywhere = await world.create(
    testPlan({ steps: [{ share: '40%' }, { share: '100%' }], always: { staff: true, buyers: ['vip'] } }),
  );
  await world.act(everywhere, 'start');
  const own = await world.create(
    readPlan({
      key: 'new.checkout',
      merchant: world.shop,
      steps: [{ share: '100%' }],
      when: { '>=': [{ var: 'cart' }, 3] },
    }),
  );
  await world.act(own, 'start');
});
afterAll(() => server.close());

interface Reply {
  status: number;
  headers: Headers;
  json: ReturnType<typeof JSON.parse>; // read field by field
}

async function ask(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const reply = await fetch(`${server.url}/ofrep/v1/evaluate/flags${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer good', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, json: text === '' ? null : JSON.parse(text) };
}

const about = (targetingKey: string, more: object = {}) => ({ context: { targetingKey, ...more } });

describe('one flag', () => {
  test('every buyer gets the answer that the cashier gives', async () => {
    const arms = new Set<string>();
    for (let no = 0; no < 60; no++) {
      const decided = world.rollouts.decide(
        BOOK,
        testContext({ id: `b${no}` }, { merchantId: world.shop }),
        ['unionpay'],
        null,
      );
      const wallet = decided.wallets[0];
      const { status, json } = await ask('/wallet.unionpay', about(`b${no}`));
      expect([status, json.value, json.variant, json.reason]).toEqual([
        200,
        wallet?.shown,
        wallet?.arm,
        wallet?.reason,
      ]);
      arms.add(json.variant);
    }
    expect(arms).toEqual(new Set(['treatment', 'control', 'outside']));
  });

  test('the answer has the shape of OFREP', async () => {
    expect((await ask('/wallet.unionpay', about('vip'))).json).toEqual({
      key: 'wallet.unionpay',
      value: true,
      variant: 'treatment',
      reason: 'TARGETING_MATCH',
      metadata: { rollout: everywhere, version: 1, step: 1, share_ppm: 400_000 },
    });
  });

  test('a device, a payment, and a buyer by name are what they are at the cashier', async () => {
    const same = async (context: object, decided: Parameters<typeof testContext>) => {
      const wallet = world.rollouts.decide(
        BOOK,
        testContext(decided[0], { merchantId: world.shop, ...decided[1] }),
        ['unionpay'],
        null,
      ).wallets[0];
      expect((await ask('/wallet.unionpay', { context })).json).toMatchObject({ variant: wallet?.arm });
    };
    for (let no = 0; no < 20; no++) {
      const paymentId = `pay_01ARZ3NDEKTSV4RRFFQ69G5F${String(no).padStart(2, '0')}`;
      await same({ device: `d${no}` }, [{ device: `d${no}` }]);
      await same({ targetingKey: paymentId }, [{}, { paymentId }]);
      await same({ targetingKey: 'x', buyer_id: `b${no}`, device: 'd' }, [{ id: `b${no}`, device: 'd' }]);
    }
  });

  test('rules see the context, but not a merchant or a staff member that somebody claims to be', async () => {
    expect((await ask('/new.checkout', about('b1', { cart: 3 }))).json.value).toBe(true);
    expect((await ask('/new.checkout', about('b1', { cart: 2 }))).json).toMatchObject({
      value: false,
      reason: 'DEFAULT',
    });
    const claimed = await ask('/new.checkout', about('b1', { cart: 3, merchant_id: 'mer_1' }), {
      authorization: 'Bearer other',
    });
    expect(claimed.status).toBe(404);
    const staff = await ask('/wallet.unionpay', about('b5', { staff: 'false' }));
    expect(staff.json.reason).toBe('SPLIT');
  });

  test.each<[string, string, unknown, Record<string, string>, number, object]>([
    ['an unknown key', '/nothing', about('b1'), {}, 404, { key: 'nothing', errorCode: 'FLAG_NOT_FOUND' }],
    [
      'nobody',
      '/wallet.unionpay',
      { context: {} },
      {},
      400,
      { key: 'wallet.unionpay', errorCode: 'TARGETING_KEY_MISSING' },
    ],
    ['no body', '/wallet.unionpay', '', {}, 400, { errorCode: 'TARGETING_KEY_MISSING' }],
    ['a context that is none', '/wallet.unionpay', { context: [] }, {}, 400, { errorCode: 'INVALID_CONTEXT' }],
    [
      'a fact that is a book',
      '/wallet.unionpay',
      about('b1', { region: 'x'.repeat(257) }),
      {},
      400,
      { errorCode: 'INVALID_CONTEXT' },
    ],
    ['no JSON', '/wallet.unionpay', '{', {}, 400, { key: 'wallet.unionpay', errorCode: 'PARSE_ERROR' }],
    ['a name twice', '/wallet.unionpay', '{"context":{},"context":{}}', {}, 400, { errorCode: 'PARSE_ERROR' }],
    ['too much', '/wallet.unionpay', about('b1', { x: 'y'.repeat(20_000) }), {}, 413, { errorCode: 'PARSE_ERROR' }],
    [
      'no JSON type',
      '/wallet.unionpay',
      about('b1'),
      { 'content-type': 'text/plain' },
      415,
      { errorCode: 'PARSE_ERROR' },
    ],
    [
      'a wrong key',
      '/wallet.unionpay',
      about('b1'),
      { authorization: 'Bearer no' },
      401,
      { errorDetails: 'the API key is unknown' },
    ],
    [
      'a key without the scope',
      '/wallet.unionpay',
      about('b1'),
      { authorization: 'Bearer narrow' },
      403,
      { errorCode: 'GENERAL' },
    ],
  ])('%s is answered as OFREP says', async (_, path, body, headers, status, answer) => {
    const reply = await ask(path, body, headers);
    expect([reply.status, reply.json]).toMatchObject([status, answer]);
    expect(typeof reply.json.errorDetails).toBe('string');
  });

  test('the key may come in the other header that OFREP knows', async () => {
    const reply = await fetch(`${server.url}/ofrep/v1/evaluate/flags/wallet.unionpay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'good' },
      body: JSON.stringify(about('vip')),
    });
    expect(reply.status).toBe(200);
  });
});

describe('all flags of a shop', () => {
  test('its own and those of every shop, sorted; another shop has only the latter', async () => {
    const { json } = await ask('', about('b1', { cart: 9 }));
    expect(json.flags.map((flag: { key: string }) => flag.key)).toEqual(['new.checkout', 'wallet.unionpay']);
    const other = await ask('', about('b1'), { authorization: 'Bearer other' });
    expect(other.json.flags.map((flag: { key: string }) => flag.key)).toEqual(['wallet.unionpay']);
  });

  test('the same answer is not sent twice, until something has moved', async () => {
    const first = await ask('', about('b7'));
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{43}"$/);
    const again = await ask('', about('b7'), { 'if-none-match': `"x", W/${tag}` });
    expect([again.status, again.json, again.headers.get('etag')]).toEqual([304, null, tag]);
    expect((await ask('', about('b8'), { 'if-none-match': '"x"' })).status).toBe(200);
    await world.act(everywhere, 'halt');
    const halted = await ask('', about('b7'), { 'if-none-match': tag });
    expect(halted.status).toBe(200);
    expect(halted.json.flags[1]).toMatchObject({ key: 'wallet.unionpay', value: false, reason: 'HALTED' });
    await world.act(everywhere, 'resume');
  });
});

test('asking is not counted', async () => {
  await ask('', about('b1'));
  const [row] = await world.sql<{ count: number }[]>`select count(*)::int as count from rollout_counts`;
  expect(row?.count).toBe(0);
});

test('the whole server has the door, with its own keys', async () => {
  const whole = await startTestServer();
  try {
    const question = { context: { targetingKey: 'b1' } };
    const path = '/ofrep/v1/evaluate/flags';
    const known = await whole.call('POST', `${path}/wallet.unionpay`, question);
    expect([known.status, known.json.errorCode]).toEqual([404, 'FLAG_NOT_FOUND']);
    expect((await whole.call('POST', path, question)).json).toEqual({ flags: [] });
    const stranger = await whole.call('POST', path, question, { authorization: 'Bearer hk_test_no' });
    expect([stranger.status, stranger.json.errorCode]).toEqual([401, 'GENERAL']);
  } finally {
    await whole.close();
  }
});
