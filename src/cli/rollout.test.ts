import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { ManualClock } from '../base/clock.ts';
import { commandLine } from './test-line.ts';

const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
const folder = await temporaryDir('rollout-cli');
const { url } = await freshDatabase();
const { hutong, json } = commandLine(folder.dir, url, clock);
afterAll(() => folder.remove());

const file = join(folder.dir, 'plan.yaml');
await writeFile(
  file,
  'key: wallet.unionpay\nwallet: unionpay\nsteps:\n  - { share: 1‰, for: 30m, payments: 200, gate: true }\n  - { share: 100% }\n',
);

describe('hutong rollout plan', () => {
  test('shows steps, shares, earliest dates and what stops it, before anything runs', async () => {
    const { code, out } = await hutong('rollout', 'plan', file, '--buyers', '5000');
    expect(code).toBe(0);
    expect(out[1]).toMatch(/^1 gate +1‰ +1‰ +5 and 5 +30m and 200 payments +2026-11-23 02:00Z +2026-11-23 02:30Z$/);
    expect(out.join('\n')).toContain("20 failures among the wallet's last 30 attempts: it is halted");
  });

  test('names the field of a plan that is none', async () => {
    const wrong = join(folder.dir, 'wrong.yaml');
    await writeFile(wrong, 'key: wallet.unionpay\nsteps:\n  - { share: 5 }\n');
    const { code, notes } = await hutong('rollout', 'plan', wrong);
    expect(code).toBe(1);
    expect(notes.join('\n')).toContain('steps[0].share');
  });
});

describe('a rollout on the command line', () => {
  test('is created, started, moved by name and reason, and shown with its share over time', async () => {
    const [created] = await json('rollout', 'create', file);
    expect(created).toMatchObject({ object: 'rollout', state: 'draft', step: 1, steps_count: 2, share_ppm: null });
    const id = String(created?.id);
    expect((await hutong('rollout', 'start', id)).code).toBe(2); // a reason is needed
    const because = ['--reason', 'as agreed'];
    expect((await json('rollout', 'start', id, ...because))[0]).toMatchObject({ state: 'running', share_ppm: 1000 });
    expect((await json('rollout', 'jump', id, '2', ...because))[0]).toMatchObject({ step: 2, share_ppm: 1_000_000 });
    expect((await json('rollout', 'halt', id, ...because))[0]).toMatchObject({ state: 'halted', share_ppm: 0 });
    const refused = await hutong('rollout', 'approve', id, ...because);
    expect([refused.code, refused.notes.join(' ')]).toEqual([1, expect.stringContaining('halted')]);
    const { out } = await hutong('rollout', 'show', id);
    const text = out.join('\n');
    expect(text).toContain('halted, step 2 of 2, version 2: 0% see it');
    expect(text).toMatch(/█{24} {3}100% {2}jump by operator: as agreed/);
    expect(text).toMatch(/GUARDRAIL +STATE/);
    const [whole] = await json('rollout', 'show', id);
    expect(whole).toMatchObject({ verdict: { verdict: 'not_enough' }, moves: [{}, {}, {}, {}] });
    expect((await hutong('rollout', 'list')).out.join('\n')).toContain(`${id}  wallet.unionpay  every`);
    const [shop] = await json('merchant', 'create', '--name', '茶铺');
    const own = join(folder.dir, 'own.yaml');
    await writeFile(own, `${await readFile(file, 'utf8')}merchant: ${String(shop?.id)}\n`);
    const [beside] = await json('rollout', 'create', own);
    expect((await hutong('rollout', 'show', String(beside?.id))).out).toContain(
      `Beside it ${id} of every shop (halted, 0%): only who is shown the wallet by both sees it`,
    );
    const [alert] = await json('alerts');
    expect(alert).toMatchObject({ kind: 'rollout_halted' });
    expect((await json('rollout', 'roll-back', id, ...because))[0]).toMatchObject({ state: 'rolled_back' });
  });
});
