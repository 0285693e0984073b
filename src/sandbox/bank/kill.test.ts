import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import type { MemberSettings } from './bank.ts';
import type { Message } from './message.ts';
import { NOON, TestMember, turn } from './test-member.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'hutong-banks-'));
const children: ChildProcess[] = [];
const OPENING_FEN = 100_000_000n;
const AMOUNT_FEN = 1_000n;
/** More are not under way at once: on a busy machine the banks would be behind by far more than the card holds. */
const UNDER_WAY_MAX = 64;

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

interface Ready {
  memberSettings: MemberSettings;
  controlUrl: string;
  card: string;
}

async function startProcess(stan: number): Promise<{ child: ChildProcess; member: TestMember } & Ready> {
  const child = fork(new URL('./test-process.ts', import.meta.url), [dataDir], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  const [ready]: Ready[] = await once(child, 'message');
  if (ready === undefined) throw new Error('the process did not say that it is ready');
  const member = new TestMember(ready.memberSettings, new ManualClock(NOON));
  member.stan = stan;
  return { child, member: await member.signOn(), ...ready };
}

test('kill -9 loses nothing that was answered, and a repeat of anything does it once', async () => {
  const sent: Message[] = [];
  const answered = new Map<Message, string>();
  for (let round = 0; round < 3; round++) {
    const { child, member, card } = await startProcess(sent.length + 100 * round);
    const before = answered.size;
    const underWay = new Set<Message>();
    while (answered.size < before + 50 + 13 * round) {
      const message = member.purchase(card, AMOUNT_FEN);
      sent.push(message);
      underWay.add(message);
      void member.send(message).then(({ fields }) => {
        underWay.delete(message);
        return answered.set(message, fields.get(38) ?? '');
      });
      if (sent.length % 8 === 0) await turn(1);
      while (underWay.size >= UNDER_WAY_MAX) await turn(1);
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    member.close();
  }
  const { member, controlUrl, card } = await startProcess(sent.length + 1_000);
  for (const message of sent) {
    const { fields } = await member.send(message);
    expect(fields.get(39)).toBe('00');
    if (answered.has(message)) expect(fields.get(38)).toBe(answered.get(message));
  }
  const shown: { ledger_fen: string } = JSON.parse(await (await fetch(`${controlUrl}/cards/${card}`)).text());
  expect(BigInt(shown.ledger_fen)).toBe(OPENING_FEN - AMOUNT_FEN * BigInt(sent.length));
  const totals: { is_balanced: boolean } = JSON.parse(await (await fetch(`${controlUrl}/totals`)).text());
  expect(totals.is_balanced).toBe(true);
  member.close();
});
