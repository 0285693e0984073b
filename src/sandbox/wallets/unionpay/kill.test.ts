import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ShownOrder } from '../ground/control.ts';
import type { RsaMerchantSettings } from './settings.ts';
import { type TestMerchant, openMerchant, payFields, post, queryFields, undoFields } from './test-merchant.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'hutong-sandbox-'));
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

interface Started {
  child: ChildProcess;
  shop: TestMerchant;
  controlUrl: string;
}

async function startProcess(): Promise<Started> {
  const script = new URL('./test-process.ts', import.meta.url);
  const child = fork(script, [dataDir], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  const [message]: { merchantSettings: RsaMerchantSettings; controlUrl: string }[] = await once(child, 'message');
  if (message === undefined) throw new Error('the process did not say that it is ready');
  return { child, shop: openMerchant(message.merchantSettings), controlUrl: message.controlUrl };
}

test('kill -9 loses nothing that was answered: orders, payments, refunds', async () => {
  const answered: { orderNo: string; is: 'ordered' | 'paid' | 'refunded' }[] = [];
  /** One payer after the other, until the gateway is gone. */
  async function payForever({ shop, controlUrl }: Started): Promise<void> {
    for (;;) {
      const fields = payFields(shop);
      const orderNo = fields.orderId ?? '';
      if ((await post(shop, 'appTransReq.do', fields)).respCode !== '00') throw new Error('not ordered');
      answered.push({ orderNo, is: 'ordered' });
      const reply = await fetch(`${controlUrl}/orders/${orderNo}/pay`, { method: 'POST' });
      await reply.json();
      if (reply.ok) answered.push({ orderNo, is: 'paid' });
      const { queryId = '' } = await post(shop, 'queryTrans.do', queryFields(fields));
      const refund = undoFields(fields, queryId, '04', { txnAmt: '100' });
      if ((await post(shop, 'backTransReq.do', refund)).respCode === '00') answered.push({ orderNo, is: 'refunded' });
    }
  }

  for (let round = 0; round < 3; round++) {
    const started = await startProcess();
    const payers = Array.from({ length: 6 }, () => payForever(started));
    const before = answered.length;
    while (answered.length < before + 60 + round * 17) await new Promise((resolve) => setTimeout(resolve, 1));
    started.child.kill('SIGKILL');
    await Promise.allSettled(payers);
  }

  const { controlUrl } = await startProcess();
  const reply: { data: ShownOrder[] } = JSON.parse(await (await fetch(`${controlUrl}/orders`)).text());
  const paymentOf = new Map(reply.data.filter((one) => one.kind === 'payment').map((one) => [one.order_no, one]));
  const refundOf = new Set(reply.data.filter((one) => one.kind === 'refund').map((one) => one.original_order_no));
  for (const { orderNo, is } of answered) {
    expect(paymentOf.has(orderNo)).toBe(true);
    if (is === 'paid') expect(paymentOf.get(orderNo)?.state).toBe('succeeded');
    if (is === 'refunded') expect(refundOf.has(orderNo)).toBe(true);
  }
  expect(new Set(reply.data.map((one) => one.order_no)).size).toBe(reply.data.length);
});
