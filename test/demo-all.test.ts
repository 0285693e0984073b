import { expect, test } from 'vitest';
import { wallets } from '../src/wallets/registry.ts';
import { processesNaming, runHutong } from './hutong-process.ts';
import { eventually, temporaryDir } from './server.ts';

test('demo --all pays one order with each wallet in each scene that it claims, and every wallet’s books are ours', async () => {
  const folder = await temporaryDir('demo-all');
  const { code, stdout, complaints } = await runHutong(['demo', '--all', '--json'], { TMPDIR: folder.dir }).finished;
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
  const rows = stdout
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line)); // JSON lines
  const claimed = Object.values(wallets)
    .filter(({ name }) => name !== 'open' && name !== 'hutongwallet') // the same connector as meituanpay
    .flatMap(({ name, can }) => can.scenes.map((scene) => `${name} ${scene}`));
  expect(
    rows
      .slice(0, -1)
      .map(({ wallet, scene }) => `${String(wallet)} ${String(scene)}`)
      .sort(),
  ).toEqual(claimed.sort());
  for (const row of rows.slice(0, -1)) expect(row).toMatchObject({ state: 'succeeded', right: true });
  expect(rows.at(-1)).toEqual({ orders: claimed.length, books_agree: true, ledger_right: true, right: true });
  await eventually('every process to be gone', async () => (await processesNaming(folder.dir)).length === 0);
  await folder.remove();
});
