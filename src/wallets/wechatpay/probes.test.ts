import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWechatpaySandbox } from '../../sandbox/wallets/wechatpay/wechatpay.ts';
import { type ContractWorld, startContractWorld } from '../contract-world.ts';
import type { PayRequest } from '../wallet.ts';
import { readConfig } from './config.ts';
import { fen, PAY, QUERY } from './test-orders.ts';
import { wechatpay } from './wechatpay.ts';

let world: ContractWorld<Awaited<ReturnType<typeof startWechatpaySandbox>>>;
beforeAll(async () => {
  const probing = (options: Parameters<typeof startWechatpaySandbox>[0]) =>
    startWechatpaySandbox({ ...options, probeEvery: 2 });
  world = await startContractWorld(probing, wechatpay.acknowledgement);
});
afterAll(() => world.stop());

test('a buyer notices nothing of probes: every second answer is one, and each call is answered in the end', async () => {
  const { sandbox, deps, clock, notifyUrl } = world;
  const config = readConfig(sandbox.merchantSettings);
  const named = (orderNo: string) => ({ orderNo, orderedAt: clock.now() });
  const expiresAt = new Date(clock.now().getTime() + 900_000);
  for (let count = 1; count <= 4; count++) {
    const name = named(`PROBE${count}`);
    const order: PayRequest = { ...PAY, ...name, expiresAt, notifyUrl };
    expect(await wechatpay.pay(deps, config, order)).toMatchObject({ kind: 'pending' });
    sandbox.pay(name.orderNo);
    const paid = await wechatpay.query(deps, config, { ...QUERY, ...name, expiresAt });
    if (paid.kind !== 'succeeded') throw new Error(`not paid: ${paid.kind}`);
    const refund = {
      refund: named(`BACK${count}`),
      amount: fen(234n),
      method: 'refund' as const,
      paid: { ...name, walletPaymentId: paid.walletPaymentId, amount: paid.amount, scene: PAY.scene },
      notifyUrl,
    };
    expect(['pending', 'succeeded']).toContain((await wechatpay.refund(deps, config, refund)).kind);
  }
});

test('a probe among the notifications is refused', async () => {
  const { sandbox, deps } = world;
  const config = readConfig(sandbox.merchantSettings);
  const isProbe = (headers: Record<string, string>) => headers['wechatpay-signature']?.includes('SIGNTEST') === true;
  const find = () => sandbox.notificationsSent().find((sent) => isProbe(sent.headers));
  await expect.poll(find).toBeDefined();
  const { headers = {}, body = '' } = find() ?? {};
  const reading = await wechatpay.readNotification(deps, config, { headers, body: Buffer.from(body) });
  expect(reading).toEqual({ kind: 'refused', reason: expect.stringMatching(/probe/) });
});
