import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { noEffects } from './change-legs.ts';
import { decideLeg, type Evidence } from './decide-leg.ts';
import type { LegSide, MoveFolder } from './move.ts';
import { isEnded } from './moves-of-state.ts';
import { approved, aStamp, folderAfter, notSent, refused, reversed, TODAY, unknown } from './test-folders.ts';

/*
 * Banks that keep their word and lines that do not: messages are lost, done, answered late, twice, out of order, or never; the loop comes at any
 * time, files are read at any time. Whatever the order, the rule never gives and takes back, and ends with the books right.
 */

interface World {
  folder: MoveFolder;
  now: Date;
  /** What the banks did. */
  taken: boolean;
  given: boolean;
  back: boolean;
  isDebitBarred: boolean;
  /** Messages that a bank has refused: it says the same of the same message ever after. */
  refusedSides: Set<LegSide>;
  /** Answers under way, to be told at any later time, or never. */
  mail: Evidence[];
  transit: bigint;
  held: number;
  used: number;
  ended: number;
  wasBothEver: boolean;
}

type Step = { do: 'deliver' | 'repeat' | 'tick' | 'file' | 'late'; pick: number; luck: number };

const steps = fc.array(
  fc.record({
    do: fc.constantFrom('deliver', 'deliver', 'repeat', 'tick', 'file', 'late'),
    pick: fc.nat(1000),
    luck: fc.nat(99),
  }),
  { maxLength: 60 },
);

test('in every order of evidence nothing is given and taken back, transit ends empty, and limits end once', () => {
  const run = fc.property(
    fc.constantFrom('transfer' as const, 'purchase' as const, 'refund' as const),
    steps,
    fc.nat(99),
    (kind, list, luck) => {
      const world = begin(kind, luck);
      for (const step of list) take(world, step);
      settle(world);
      const { folder } = world;
      const { move } = folder;
      expect(isEnded(move.state)).toBe(true);
      expect(world.ended).toBe(1);
      expect(world.transit).toBe(0n);
      expect(move.onBooksMinor).toBe(0n);
      expect(world.wasBothEver).toBe(false);
      expect(world.held).toBe(0);
      if (kind === 'transfer') {
        expect(world.given).toBe(move.state === 'succeeded');
        expect(world.taken && !world.back).toBe(move.state === 'succeeded');
      }
      if (kind === 'purchase') expect(world.taken && !world.back).toBe(move.state === 'succeeded');
      if (kind === 'refund') {
        expect(world.given).toBe(move.state === 'succeeded');
        expect(folder.original?.refundingMinor).toBe(0n);
        expect(folder.original?.refundedMinor).toBe(world.given ? move.amountMinor : 0n);
      } else expect(world.used).toBe(move.state === 'succeeded' ? 1 : 0);
    },
  );
  const seed = Number(process.hrtime.bigint() % 2_147_483_647n);
  const result = fc.check(run, { numRuns: 3000, seed });
  if (result.failed) throw new Error(`seed ${seed}: ${fc.defaultReportMessage(result)}`);
});

function begin(kind: 'transfer' | 'purchase' | 'refund', luck: number): World {
  const folder = folderAfter({ kind });
  const world: World = {
    folder,
    now: new Date('2026-11-23T02:00:00Z'),
    taken: false,
    given: false,
    back: false,
    isDebitBarred: false,
    refusedSides: new Set(),
    mail: [],
    transit: 0n,
    held: kind === 'refund' ? 0 : 1,
    used: 0,
    ended: 0,
    wasBothEver: false,
  };
  send(world, kind === 'refund' ? 'credit' : 'debit', luck);
  return world;
}

/** A message goes out; luck says what becomes of it. The same message twice is done once. */
function send(world: World, side: LegSide, luck: number): void {
  const isLost = luck < 20;
  const isSilent = luck >= 20 && luck < 45;
  const saysNo = luck >= 45 && luck < 55;
  if (side === 'reversal') {
    if (isLost) return post(world, { kind: 'reversal_reply', reply: { kind: 'unknown', why: '' } });
    const wasFound = world.taken;
    if (wasFound) world.back = true;
    else world.isDebitBarred = true;
    world.wasBothEver ||= world.given;
    const reply = isSilent ? ({ kind: 'unknown', why: '' } as const) : reversed(wasFound);
    return post(world, { kind: 'reversal_reply', reply });
  }
  const kind = side === 'debit' ? 'debit_reply' : 'credit_reply';
  const isDone = side === 'debit' ? world.taken : world.given;
  if (luck >= 95) return post(world, { kind, reply: notSent, stamp: aStamp() });
  if (isLost) return post(world, { kind, reply: unknown, stamp: aStamp() });
  if (!isDone && (saysNo || world.refusedSides.has(side) || (side === 'debit' && world.isDebitBarred))) {
    world.refusedSides.add(side);
    return post(world, { kind, reply: isSilent ? unknown : refused('card_lost'), stamp: aStamp() });
  }
  if (side === 'debit') world.taken = true;
  else world.given = true;
  world.wasBothEver ||= world.given && world.back;
  post(world, { kind, reply: isSilent ? unknown : approved(), stamp: aStamp() });
}

function post(world: World, evidence: Evidence): void {
  world.mail.push(evidence);
}

function take(world: World, step: Step): void {
  const { folder, mail } = world;
  switch (step.do) {
    case 'deliver':
    case 'repeat': {
      const at = step.pick % Math.max(1, mail.length);
      const evidence = mail[at];
      if (evidence === undefined) return;
      if (step.do === 'deliver') mail.splice(at, 1);
      return tell(world, evidence, step.luck);
    }
    case 'tick': {
      if (folder.move.dueAt === null) return;
      world.now = folder.move.dueAt > world.now ? folder.move.dueAt : world.now;
      return tell(world, { kind: 'due', leaseUntil: folder.move.dueAt, stamp: aStamp() }, step.luck);
    }
    case 'late':
      return tell(world, { kind: 'due', leaseUntil: new Date(world.now.getTime() - 1), stamp: aStamp() }, step.luck);
    case 'file': {
      // Far in the future, so that it proves what is absent, also of what was sent last; but only what no message under way can change.
      const side = step.pick % 2 === 0 ? 'debit' : 'credit';
      const isDone = side === 'debit' ? world.taken && !world.back : world.given;
      if (!isDone && mail.length > 0) return;
      const settlementDay = isDone ? TODAY : '2027-01-01';
      return tell(world, { kind: 'learned', side, isDone, settlementDay, stamp: aStamp() }, step.luck);
    }
    default:
      step.do satisfies never;
  }
}

function tell(world: World, evidence: Evidence, luck: number): void {
  const effects = noEffects();
  let side: LegSide | null = null;
  try {
    side = decideLeg(world.now, world.folder, evidence, effects);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  const { move } = world.folder;
  for (const { reason } of effects.postings) {
    if (reason === 'card_debited') world.transit += move.amountMinor;
    if (reason === 'card_credited' || reason === 'card_debit_reversed') world.transit -= move.amountMinor;
  }
  expect(world.transit).toBe(move.onBooksMinor);
  world.used += effects.used.length;
  world.held -= effects.used.length + effects.released.length;
  world.ended += effects.ended.length;
  if (side !== null) send(world, side, luck);
}

/** From now on every message arrives and is answered. */
function settle(world: World): void {
  const { folder, mail } = world;
  for (let n = 0; n < 50 && !isEnded(folder.move.state); n++) {
    while (mail.length > 0) tell(world, mail.shift() ?? { kind: 'cancel' }, 70);
    if (isEnded(folder.move.state)) return;
    if (folder.move.dueAt === null) {
      const side = folder.credit !== null && folder.move.state === 'crediting' ? 'credit' : 'debit';
      const isDone = side === 'credit' ? world.given : world.taken && !world.back;
      const settlementDay = isDone ? TODAY : '2027-01-01';
      tell(world, { kind: 'learned', side, isDone, settlementDay, stamp: aStamp() }, 70);
    } else {
      world.now = folder.move.dueAt > world.now ? folder.move.dueAt : world.now;
      tell(world, { kind: 'due', leaseUntil: folder.move.dueAt, stamp: aStamp() }, 70);
    }
  }
}
