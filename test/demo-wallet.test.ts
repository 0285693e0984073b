import { expect, test } from 'vitest';
import { processesNaming, runHutong } from './hutong-process.ts';
import { eventually, temporaryDir } from './server.ts';

const STEPS = [
  'start_database',
  'start_banks',
  'start_hutong',
  'open_shop',
  'sign_up',
  'bind_cards',
  'balances',
  'bank_times_out',
  'transfer',
  'repay',
  'pay_shop',
  'refund',
  'ledger',
  'proof',
];

test('demo wallet binds three cards, moves their money past a silent bank, and the banks’ books are ours', async () => {
  const folder = await temporaryDir('demo-wallet');
  const { code, stdout, complaints } = await runHutong(['demo', 'wallet', '--json'], { TMPDIR: folder.dir }).finished;
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
  const rows = stdout
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line)); // JSON lines
  expect(rows.map(({ step }) => step)).toEqual(STEPS);
  const told = (step: string) => rows.find((row) => row['step'] === step);
  expect(told('bank_times_out')).toMatchObject({ state: 'failed', why: 'bank_silent' });
  expect(told('transfer')).toMatchObject({ state: 'succeeded', amount: '¥-520.00', fee: '¥0.00' });
  expect(told('repay')).toMatchObject({ state: 'succeeded' });
  expect(told('pay_shop')).toMatchObject({ state: 'succeeded' });
  expect(told('refund')).toMatchObject({ state: 'succeeded' });
  expect(told('ledger')).toMatchObject({ balanced: true, chain_verified: true });
  const proof = told('proof');
  expect(proof).toMatchObject({ same: true });
  expect(proof?.['claims']).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ what: 'CCB 应结给我们 owes us', theirs: '-52000', ours: '-52000' }),
      expect.objectContaining({ what: 'SPDB 应结给我们 owes us', theirs: '-168000', ours: '-168000' }),
    ]),
  );
  await eventually('every process to be gone', async () => (await processesNaming(folder.dir)).length === 0);
  await folder.remove();
});
