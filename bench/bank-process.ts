import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { startBankSandbox } from '../src/sandbox/bank/bank.ts';
import type { NewCard } from '../src/sandbox/bank/open-cards.ts';

/*
 * The pretend switch with its banks as a process of its own, for benchmarks; it keeps nothing. The parent asks { people }, { slow } and
 * { ask: 'cpu' | 'totals' }.
 */
export type BankQuestion =
  | { people: AskedPerson[] }
  /** Every balance of this bank comes so many milliseconds late from now on. */
  | { slow: { bank: string; ms: number } }
  | { ask: 'cpu' | 'totals' };

/** Messages between processes carry no bigint: the figure goes as a number. */
export interface AskedPerson {
  name: string;
  phone: string;
  cards: { bank: string; balanceFen: number }[];
}

/** A person with the numbers that the banks gave. */
export interface BenchPerson {
  name: string;
  phone: string;
  idNumber: string;
  numbers: string[];
}

const bank = await startBankSandbox({
  port: 0,
  controlPort: 0,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  dataDir: null,
  withPeople: false,
});
process.on('disconnect', () => process.exit()); // whoever asked is gone
process.on('message', (question: BankQuestion) => {
  if ('people' in question) {
    const people = question.people.map((wanted): BenchPerson => {
      const { person, cards } = bank.addPerson({ ...wanted, cards: wanted.cards.map(toCard) });
      const { name, phone, idNumber } = person;
      return { name, phone, idNumber, numbers: cards.map(({ number }) => number) };
    });
    process.send?.({ people });
  } else if ('slow' in question) {
    bank.setFault({ kind: 'delay', operation: 'balance', bank: question.slow.bank, value: question.slow.ms });
    process.send?.({});
  } else if (question.ask === 'cpu') process.send?.({ cpu: process.cpuUsage() });
  else
    process.send?.({
      isBalanced: bank.isBalanced(),
      debits: bank.totals().reduce((sum, { debits }) => sum + debits, 0),
      credits: bank.totals().reduce((sum, { credits }) => sum + credits, 0),
    });
});
process.send?.({ memberSettings: bank.memberSettings });

function toCard({ bank: code, balanceFen }: AskedPerson['cards'][number]): NewCard {
  return { bank: code, kind: 'debit', limits: 'none', balanceFen: BigInt(balanceFen) };
}
