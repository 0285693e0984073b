import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { BankBooks } from './bank-books.ts';
import { type BankSandbox, startBankSandbox } from './bank.ts';
import { FAULT_KINDS, type FaultKind } from './bank-faults.ts';
import { Journal } from './journal.ts';
import type { Message } from './message.ts';
import { NOON, startTestBanks, TestMember, turn } from './test-member.ts';

const folder = mkdtempSync(join(tmpdir(), 'hutong-banks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPENING_FEN = 100_000n;
const PEOPLE = 3;

type Step =
  | { kind: 'out' | 'in' | 'buy'; from: number; to: number; fen: number }
  | { kind: 'again' | 'undo' | 'refund'; which: number; fen: number }
  | { kind: 'fault'; fault: FaultKind }
  | { kind: 'day' }
  | { kind: 'clear' };

const card = fc.nat({ max: PEOPLE * 2 - 1 });
const fen = fc.integer({ min: 1, max: 60_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('out' as const, 'in' as const, 'buy' as const),
      from: card,
      to: card,
      fen,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('again' as const, 'undo' as const, 'refund' as const),
      which: fc.nat(),
      fen,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault: fc.constantFrom(...FAULT_KINDS) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'day' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
);

/** A member that never waits for an answer, since with faults there may be none, and connects anew whenever it was cut off. */
class Careless {
  readonly #sandbox: BankSandbox;
  readonly #clock: ManualClock;
  readonly #sent: Message[] = [];
  member: TestMember;

  constructor(sandbox: BankSandbox, clock: ManualClock, member: TestMember) {
    this.#sandbox = sandbox;
    this.#clock = clock;
    this.member = member;
  }

  async take(one: Step, cards: readonly string[]): Promise<void> {
    if (one.kind === 'fault') return this.#sandbox.setFault({ kind: one.fault, times: 1, value: valueOf(one.fault) });
    if (one.kind === 'clear') return this.#sandbox.clearFaults();
    if (one.kind === 'day') return void this.#sandbox.switchDay();
    const message = this.#make(one, cards);
    if (message === null) return;
    this.#sent.push(message);
    if (this.member.socket?.destroyed !== false || this.member.socket.readableEnded) await this.#connect();
    void this.member.send(message);
    // A turn for the switch: what it then has not done, it does later, in between other things.
    await turn(0);
  }

  #make(one: Exclude<Step, { kind: 'fault' | 'clear' | 'day' }>, cards: readonly string[]): Message | null {
    const fenOf = BigInt(one.fen);
    if ('which' in one) {
      const before = this.#sent[one.which % Math.max(this.#sent.length, 1)];
      if (before === undefined || one.kind === 'again') return before ?? null;
      return one.kind === 'undo' ? this.member.reversal(before) : this.member.refund(before, fenOf);
    }
    const [from = '', to = ''] = [cards[one.from], cards[one.to]];
    if (one.kind === 'buy') return this.member.purchase(from, fenOf);
    return one.kind === 'out' ? this.member.transferOut(from, to, fenOf) : this.member.transferIn(from, to, fenOf);
  }

  async #connect(): Promise<void> {
    const { pinKey, macKey, stan } = this.member;
    this.member = new TestMember(this.#sandbox.memberSettings, this.#clock);
    Object.assign(this.member, { pinKey, macKey, stan });
    await this.member.connect();
    // Not waited for: the fault that is on may well be for this.
    void this.member.network('001');
    await turn(0);
  }
}

function valueOf(fault: FaultKind): number | string {
  return fault === 'decline' ? '51' : 1;
}

async function openWorld(
  clock: ManualClock,
  dataDir: string | null,
): Promise<{ sandbox: BankSandbox; cards: string[] }> {
  const sandbox = await startTestBanks({ clock, dataDir });
  const cards: string[] = [];
  for (let count = 0; count < PEOPLE; count++) {
    const added = sandbox.addPerson({
      name: '张小北',
      phone: `1390000000${count}`,
      cards: [
        { bank: 'ICBC', kind: 'debit', balanceFen: OPENING_FEN },
        { bank: 'CMB', kind: 'credit', creditFen: OPENING_FEN },
      ],
    });
    cards.push(...added.cards.map(({ number }) => number));
  }
  return { sandbox, cards };
}

/** Every fen is somewhere: what the holders have by now and what the members are owed is what there was to begin with. */
function checkMoney(sandbox: BankSandbox, cards: readonly string[]): void {
  expect(sandbox.isBalanced()).toBe(true);
  const held = cards.reduce((sum, number) => sum + sandbox.balanceOf(number), 0n);
  const net = sandbox.totals().reduce((sum, { netFen }) => sum + netFen, 0n);
  expect(held + net).toBe(OPENING_FEN * BigInt(PEOPLE));
  for (const number of cards) expect(sandbox.card(number).availableFen).toBeGreaterThanOrEqual(0n);
}

describe('books', () => {
  test('refuse a posting that does not sum to zero', () => {
    const books = new BankBooks();
    const lines = [
      { account: 'cash', fen: 1n },
      { account: 'card:1', fen: -2n },
    ];
    expect(() => books.post({ at: '', what: 'opening', lines })).toThrow('sums to zero');
    expect(books.accounts()).toEqual([]);
  });

  test('balance through any operations and faults, and are the same after a restart', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const dataDir = join(folder, String(runs++));
        const clock = new ManualClock(NOON);
        const { sandbox, cards } = await openWorld(clock, dataDir);
        const careless = new Careless(sandbox, clock, await new TestMember(sandbox.memberSettings, clock).signOn());
        for (const one of steps) {
          await careless.take(one, cards);
          checkMoney(sandbox, cards);
        }
        // What was slow or late comes in.
        await turn(10);
        careless.member.close();
        const before = stateOf(sandbox, cards);
        checkMoney(sandbox, cards);
        await sandbox.stop();
        const again = await startTestBanks({ clock, dataDir });
        expect(stateOf(again, cards)).toEqual(before);
        checkMoney(again, cards);
        await again.stop();
      }),
      { numRuns: 25 },
    );
  });
});

function stateOf(sandbox: BankSandbox, cards: readonly string[]): object {
  return {
    day: sandbox.settlementDay(),
    cards: cards.map((number) => sandbox.card(number)),
    totals: sandbox.totals(),
    accounts: ['ICBC', 'CMB'].map((bank) => sandbox.books(bank).accounts()),
    members: sandbox.members().map(({ transport_key_hex }) => transport_key_hex),
    lines: sandbox.dayLines('2026-11-23'),
  };
}

describe('a restart', () => {
  test('keeps keys, people, tries of a PIN and what a repeat is told', async () => {
    const dataDir = join(folder, 'restart');
    const clock = new ManualClock(NOON);
    const first = await openWorld(clock, dataDir);
    const [from = ''] = first.cards;
    const member = await new TestMember(first.sandbox.memberSettings, clock).signOn();
    const message = member.purchase(from, 100n);
    const told = await member.send(message);
    const barred = member.purchase(from, 200n);
    expect(await member.code(member.reversal(barred))).toBe('25');
    first.sandbox.setCardStatus(first.cards[2] ?? '', 'lost');
    member.close();
    await first.sandbox.stop();

    const sandbox = await startTestBanks({ clock, dataDir });
    expect(sandbox.people()).toHaveLength(PEOPLE);
    expect(sandbox.card(first.cards[2] ?? '').status).toBe('lost');
    const next = new TestMember(sandbox.memberSettings, clock);
    Object.assign(next, { pinKey: member.pinKey, macKey: member.macKey });
    await next.connect();
    await next.network('001');
    expect((await next.send(message)).fields).toEqual(told.fields);
    expect(await next.code(barred)).toBe('12');
    expect(sandbox.balanceOf(from)).toBe(OPENING_FEN - 100n);
    next.close();
    await sandbox.stop();
  });

  test('without a folder begins with five people anew', async () => {
    const options = { port: 0, controlPort: 0, clock: new ManualClock(NOON), random: systemRandom, log: silentLog };
    const sandbox = await startBankSandbox({ ...options, dataDir: null });
    const people = sandbox.people();
    expect(people).toHaveLength(5);
    for (const { cards } of people) {
      expect(cards.length).toBeGreaterThanOrEqual(3);
      expect(cards.length).toBeLessThanOrEqual(6);
    }
    expect(sandbox.isBalanced()).toBe(true);
    await sandbox.stop();
  });

  test('says which file cannot be read', async () => {
    const { writeFileSync, mkdirSync } = await import('node:fs');
    const dataDir = join(folder, 'broken');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'banks.jsonl'), 'what\n');
    await expect(startTestBanks({ dataDir })).rejects.toThrow('banks.jsonl');
  });
});

describe('the journal', () => {
  test('tells nobody anything before it is written', async () => {
    const path = join(folder, 'journal.jsonl');
    const journal = new Journal<{ n: number }>(path, silentLog, () => undefined);
    const seen: string[] = [];
    for (let n = 0; n < 3; n++) {
      journal.append({ n });
      journal.afterKept(() => seen.push(readFileSync(path, 'utf8')));
    }
    expect(seen).toEqual([]);
    await turn();
    expect(seen).toEqual(Array.from({ length: 3 }, () => '{"events":[{"n":0},{"n":1},{"n":2}]}\n'));
    journal.close();
    journal.append({ n: 4 });
    await turn();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
  });
});
