import { ManualClock } from '../../base/clock.ts';
import { NOON, startTestBanks } from './test-member.ts';

/*
 * The banks as a process of their own, for tests that kill it. The first argument is the data folder; it sends the member's settings, the
 * control address and a card to the parent when it is ready.
 */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('the data folder is missing');
async function run(folder: string): Promise<void> {
  const sandbox = await startTestBanks({ dataDir: folder, clock: new ManualClock(NOON) });
  if (sandbox.people().length === 0) {
    const card = { bank: 'ICBC', kind: 'debit' as const, balanceFen: 100_000_000n, limits: 'none' as const };
    sandbox.addPerson({ name: '张小北', phone: '13900000001', cards: [card] });
  }
  const { memberSettings, controlUrl } = sandbox;
  process.send?.({ memberSettings, controlUrl, card: sandbox.people()[0]?.cards[0]?.number });
}

run(dataDir).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
