import { expect, test } from 'vitest';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { BOOK, type HutongOptions, openHutong } from '../src/hutong.ts';
import { freshDatabase } from './database.ts';

const SERVING = 'go.localhost:4799';
const OPERATOR = { kind: 'operator', name: 'Ding' } as const;

test('a node that has just been opened knows serving hosts and blocks before its first request', async () => {
  const { url: databaseUrl } = await freshDatabase();
  const options: HutongOptions = {
    databaseUrl,
    publicUrl: 'http://127.0.0.1:4798',
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  };
  const first = await openHutong(options);
  const { deps } = first.cashier;
  const { id: merchantId } = await createMerchant(deps, { book: BOOK, name: '茶铺', livemode: false });
  const host = await first.links.desk.addHost({ actor: OPERATOR, merchantId, host: SERVING, uses: ['serve'] });
  await first.links.desk.proveHost(OPERATOR, host.id);
  const subject = { kind: 'merchant', id: merchantId } as const;
  await first.links.reports.setBrake({ actor: OPERATOR, subject, effect: 'block', reason: 'phishing' });

  const second = await openHutong(options);
  for (const path of ['/openapi.json', '/healthz', '/console/sign-in', '/paste']) {
    const reply = await second.app.inject({ url: path, headers: { host: SERVING } });
    expect([path, reply.statusCode]).toEqual([path, 404]);
  }
  expect(second.links.reports.isBlocked(subject)).toBe(true);
  await second.stop();
  await first.stop();
});
