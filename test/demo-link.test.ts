import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { processesNaming, runHutong } from './hutong-process.ts';
import { eventually, temporaryDir } from './server.ts';

const STEPS = [
  'start_database',
  'start_hutong',
  'open_shop',
  'share',
  'card',
  'open',
  'paste',
  'paste_taobao',
  'buy',
  'count',
  'take_down',
];

test('demo link shares a product, opens it everywhere, reads texts, counts the payment that came by it, and takes it down', async () => {
  const folder = await temporaryDir('demo-link');
  const { code, stdout, complaints } = await runHutong(['demo', 'link', '--json'], { TMPDIR: folder.dir }).finished;
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
  const rows = stdout
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line)); // JSON lines
  expect(rows.map(({ step }) => step)).toEqual(STEPS);
  const told = (step: string) => rows.find((row) => row['step'] === step);
  expect(told('open')?.['openings']).toMatchObject([
    { by: '微信 WeChat', best: 'page' },
    { by: '支付宝 Alipay', best: 'alipay_scheme' },
    { by: '淘宝 Taobao', best: 'copy_text' },
    { by: '抖音 Douyin', best: 'page' },
    { by: '云闪付 UnionPay', best: 'page' },
    { by: 'iPhone Safari', best: 'scheme' },
    { by: 'Android Chrome', best: 'intent' },
    { by: '电脑 Desktop', best: 'page' },
    { by: '机器人 A robot', best: 'card' },
  ]);
  expect(told('paste')).toMatchObject({ kind: 'ours' });
  expect(told('paste_taobao')).toMatchObject({ app: 'taobao', token: 'hmaFd0IpH0M' });
  expect(told('count')?.['totals']).toMatchObject({ opens: 9, people: 8, robots: 1, payments: 1 });
  expect(told('take_down')?.['status']).toEqual(Array.from({ length: 9 }, () => 410));
  const picture = await readFile(String(told('card')?.['saved']));
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect((await readdir(folder.dir)).filter((name) => name.startsWith('hutong-'))).toEqual([
    `hutong-card-${String(told('share')?.['code'])}.png`,
  ]);
  await eventually('every process to be gone', async () => (await processesNaming(folder.dir)).length === 0);
  await folder.remove();
});
