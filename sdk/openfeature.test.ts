import { OpenFeature, ProviderEvents, ProviderStatus, type ServerProviderEvents } from '@openfeature/server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { testPlan } from '../src/rollout/test-plans.ts';
import { openRolloutsWorld } from '../src/rollout/test-world.ts';
import { type OfrepServer, startOfrepServer } from '../test/ofrep-server.ts';
import { HutongProvider, type HutongProviderOptions } from './src/openfeature/hutong-provider.ts';

const world = await openRolloutsWorld();
let server: OfrepServer;
let id = '';
beforeAll(async () => {
  server = await startOfrepServer(world);
  id = await world.create(testPlan({ steps: [{ share: '40%' }, { share: '100%' }], always: { buyers: ['vip'] } }));
  await world.act(id, 'start');
});
afterEach(async () => {
  vi.useRealTimers();
  await OpenFeature.clearProviders();
});
afterAll(() => server.close());

let domains = 0;

/** A client of the SDK with the provider, which waits for a busy machine, and what it was told since. */
async function open(options: Partial<HutongProviderOptions> = {}) {
  const domain = `test ${domains++}`;
  const usual = { url: server.url, apiKey: 'good', pollMs: 0, memoryMs: 0, timeoutMs: 60_000 };
  const provider = new HutongProvider({ ...usual, ...options });
  const told: ServerProviderEvents[] = [];
  const client = OpenFeature.getClient(domain);
  for (const event of [
    ProviderEvents.Ready,
    ProviderEvents.Error,
    ProviderEvents.Stale,
    ProviderEvents.ConfigurationChanged,
  ] as const)
    client.addHandler(event, () => void told.push(event));
  const failure = await OpenFeature.setProviderAndWait(domain, provider).then(
    () => null,
    (error: unknown) => String(error),
  );
  return { client, told, failure, provider };
}

const VIP = { targetingKey: 'vip' };

describe('a flag', () => {
  test('is a boolean, the arm as a string, or everything about it as an object', async () => {
    const { client } = await open();
    const details = await client.getBooleanDetails('wallet.unionpay', false, VIP);
    expect(details).toMatchObject({
      value: true,
      variant: 'treatment',
      reason: 'TARGETING_MATCH',
      flagMetadata: { rollout: id, version: 1, step: 1, share_ppm: 400_000 },
    });
    expect(await client.getStringValue('wallet.unionpay', 'outside', VIP)).toBe('treatment');
    expect(await client.getObjectValue('wallet.unionpay', {}, VIP)).toMatchObject({
      value: true,
      arm: 'treatment',
      rollout: id,
    });
    expect(await client.getNumberDetails('wallet.unionpay', 7, VIP)).toMatchObject({
      value: 7,
      errorCode: 'TYPE_MISMATCH',
    });
  });

  test('that is unknown, or asked without a buyer, is the default of whoever asks', async () => {
    const { client, told } = await open();
    expect(await client.getBooleanDetails('nothing', true, VIP)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getBooleanDetails('wallet.unionpay', true)).toMatchObject({
      value: true,
      errorCode: 'TARGETING_KEY_MISSING',
    });
    expect(told).not.toContain(ProviderEvents.Error);
  });

  test('dates and nested facts do no harm', async () => {
    const { client } = await open();
    const context = { ...VIP, since: new Date('2026-11-23T00:00:00Z'), nested: { a: 1 }, list: [1] };
    expect(await client.getBooleanValue('wallet.unionpay', false, context)).toBe(true);
  });
});

describe('memory', () => {
  test('a context is asked about once, also by many at once, and again by its tag', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { client } = await open({ memoryMs: 200 });
    const before = server.asked;
    await Promise.all(Array.from({ length: 20 }, () => client.getBooleanValue('wallet.unionpay', false, VIP)));
    await client.getBooleanValue('wallet.unionpay', false, { ...VIP });
    expect(server.asked - before).toBe(1);
    vi.setSystemTime(Date.now() + 200);
    expect(await client.getBooleanValue('wallet.unionpay', false, VIP)).toBe(true);
    expect(server.asked - before).toBe(2);
  });

  test('a halt is heard of by whoever asks, and told as a changed configuration', async () => {
    const { client, told } = await open();
    expect(await client.getBooleanValue('wallet.unionpay', false, VIP)).toBe(true);
    await world.act(id, 'halt');
    expect(await client.getBooleanDetails('wallet.unionpay', true, VIP)).toMatchObject({
      value: false,
      reason: 'HALTED',
    });
    expect(told).toContain(ProviderEvents.ConfigurationChanged);
    await world.act(id, 'resume');
  });

  test('and by looking itself, where nobody asks', async () => {
    const { client, told, provider } = await open({ pollMs: 20, memoryMs: 0 });
    const changed = new Promise<readonly string[]>((resolve) => {
      client.addHandler(ProviderEvents.ConfigurationChanged, (about) => resolve(about?.flagsChanged ?? []));
    });
    await world.act(id, 'halt');
    expect(await changed).toEqual(['wallet.unionpay']);
    expect(told).not.toContain(ProviderEvents.Error);
    await world.act(id, 'resume');
    await provider.onClose();
  });
});

describe('when Hutong is away', () => {
  test('the default of whoever asks holds, an error is told once, and being back as well', async () => {
    const { client, told } = await open();
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    await server.close();
    for (let no = 0; no < 3; no++)
      expect(await client.getBooleanDetails('wallet.unionpay', false, VIP)).toMatchObject({
        value: false,
        reason: 'ERROR',
        errorCode: 'GENERAL',
      });
    expect(told.filter((event) => event === ProviderEvents.Error)).toHaveLength(1);
    await server.open();
    expect(await client.getBooleanValue('wallet.unionpay', false, VIP)).toBe(true);
    expect(told.at(-1)).toBe(ProviderEvents.Ready);
    expect(client.providerStatus).toBe(ProviderStatus.READY);
  });

  test('a provider that begins before Hutong does is ready later', async () => {
    await server.close();
    const { client, failure } = await open({ pollMs: 20 });
    expect(failure).toContain('Hutong did not answer');
    const ready = new Promise<void>((resolve) => client.addHandler(ProviderEvents.Ready, () => resolve()));
    await server.open();
    await ready;
    expect(await client.getBooleanValue('wallet.unionpay', false, VIP)).toBe(true);
  });

  test('a silent Hutong is not waited for longer than said', async () => {
    const silent = (_url: string, { signal }: { signal: AbortSignal }) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const { failure } = await open({ timeoutMs: 50, fetch: silent });
    expect(failure).toContain('Hutong did not answer');
  });

  test('a key that opens nothing ends it at once', async () => {
    const { client, failure } = await open({ apiKey: 'wrong' });
    expect(failure).toContain('the API key is unknown');
    expect(client.providerStatus).toBe(ProviderStatus.FATAL);
    expect(await client.getBooleanValue('wallet.unionpay', false, VIP)).toBe(false);
  });

  test('whoever asks to be left alone is left alone', async () => {
    let asked = 0;
    const busy = () => {
      asked++;
      return Promise.resolve({
        status: 429,
        headers: { get: (name: string) => (name === 'retry-after' ? '60' : null) },
        text: () => Promise.resolve(''),
      });
    };
    const { client } = await open({ fetch: busy });
    for (let no = 0; no < 5; no++) await client.getBooleanValue('wallet.unionpay', false, VIP);
    expect(asked).toBeLessThanOrEqual(2);
  });

  test('something else than Hutong is an error, never an answer', async () => {
    const wrong = () =>
      Promise.resolve({ status: 200, headers: { get: () => null }, text: () => Promise.resolve('<html>') });
    const { client } = await open({ fetch: wrong });
    expect(await client.getBooleanDetails('wallet.unionpay', false, VIP)).toMatchObject({
      value: false,
      errorCode: 'GENERAL',
    });
  });
});

test('a node of Hutong that has not heard of its rollouts for a while is told as stale', async () => {
  const stale = {
    evaluate: (...args: Parameters<typeof world.rollouts.evaluate>) => {
      const answer = world.rollouts.evaluate(...args);
      return answer && { ...answer, shown: false, reason: 'STALE' as const };
    },
    flagKeys: (...args: Parameters<typeof world.rollouts.flagKeys>) => world.rollouts.flagKeys(...args),
  };
  const other = await startOfrepServer(world, stale);
  const { client, told } = await open({ url: other.url });
  expect(await client.getBooleanDetails('wallet.unionpay', true, VIP)).toMatchObject({ value: false, reason: 'STALE' });
  expect(told).toContain(ProviderEvents.Stale);
  await other.close();
});

test('an address that is none is refused when the provider is made', () => {
  expect(() => new HutongProvider({ url: 'pay.example', apiKey: 'k' })).toThrow(TypeError);
  expect(() => new HutongProvider({ url: 'ftp://pay.example', apiKey: 'k' })).toThrow('http(s)');
});
