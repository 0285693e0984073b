import { describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { noEffects } from './change-legs.ts';
import { decideLeg, type Evidence } from './decide-leg.ts';
import type { MoveFolder } from './move.ts';
import { MOVES_OF_STATE } from './moves-of-state.ts';
import { toTransfer } from './postings.ts';
import {
  approved,
  aStamp,
  creditTold,
  debitTold,
  dueNow,
  folderAfter,
  learnedOf,
  notSent,
  NOW,
  refused,
  reversalTold,
  reversed,
  TODAY,
  TOMORROW,
  unknown,
} from './test-folders.ts';

/** Every kind of place that a move can be in. */
const PLACES: Record<string, () => MoveFolder> = {
  scheduled: () => folderAfter({ state: 'scheduled', arrival: 'ordinary', arrivesAt: NOW, dueAt: NOW }),
  debiting: () => folderAfter({}),
  'debiting purchase': () => folderAfter({ kind: 'purchase' }),
  crediting: () => folderAfter({}, debitTold(approved())),
  'crediting, unclear': () => folderAfter({}, debitTold(approved()), creditTold(unknown)),
  'crediting, sent again': () => {
    const folder = folderAfter({}, debitTold(approved()), creditTold(unknown));
    decideLeg(NOW, folder, dueNow(folder), noEffects());
    return folder;
  },
  'crediting refund': () => folderAfter({ kind: 'refund' }),
  'reversing, taken unclear': () => folderAfter({}, debitTold(unknown)),
  'reversing, taken': () => folderAfter({}, debitTold(approved()), creditTold(refused('card_lost'))),
  succeeded: () => folderAfter({}, debitTold(approved()), creditTold(approved())),
  'failed, refused': () => folderAfter({}, debitTold(refused('insufficient_funds'))),
  'failed, back': () => folderAfter({}, debitTold(unknown), reversalTold(reversed(true))),
  canceled: () => folderAfter({ state: 'scheduled', arrivesAt: NOW, dueAt: NOW }, { kind: 'cancel' }),
};

/** Every kind of evidence. */
const EVIDENCE: Record<string, (folder: MoveFolder) => Evidence> = {
  due: dueNow,
  'due, claimed before': () => ({ kind: 'due', leaseUntil: new Date(NOW.getTime() - 1), stamp: aStamp() }),
  cancel: () => ({ kind: 'cancel' }),
  'debit approved': () => debitTold(approved()),
  'debit flagged': () => debitTold(approved(true)),
  'debit refused': () => debitTold(refused('limit_exceeded')),
  'debit duplicate': () => debitTold(refused('duplicate')),
  'debit not sent': () => debitTold(notSent),
  'debit unknown': () => debitTold(unknown),
  'credit approved': () => creditTold(approved()),
  'credit flagged': () => creditTold(approved(true)),
  'credit refused': () => creditTold(refused('card_lost')),
  'credit bank down': () => creditTold(refused('bank_down')),
  'credit over the limit': () => creditTold(refused('limit_exceeded')),
  'credit, no such issuer': () => creditTold({ kind: 'refused', code: '15', reason: 'card_unknown' }),
  'credit duplicate': () => creditTold(refused('duplicate')),
  'credit not sent': () => creditTold(notSent),
  'credit unknown': () => creditTold(unknown),
  'reversal done': () => reversalTold(reversed(true)),
  'reversal, nothing there': () => reversalTold(reversed(false)),
  'reversal refused': () => reversalTold({ kind: 'refused', code: '12' }),
  'reversal unknown': () => reversalTold({ kind: 'unknown', why: 'no reply' }),
  'file: debit done': () => learnedOf('debit', true, TODAY),
  'file: debit not done': () => learnedOf('debit', false, TOMORROW),
  'file of the same day: debit not done': () => learnedOf('debit', false, TODAY),
  'file: credit done': () => learnedOf('credit', true, TODAY),
  'file: credit not done': () => learnedOf('credit', false, TOMORROW),
  'file of the same day: credit not done': () => learnedOf('credit', false, TODAY),
};

/**
 * What comes of it: the state, what is sent next (`>`), what is booked (`+`), limits used or given back, alerts (`!`). What is not here
 * changes nothing: that is tested too.
 */
const RULES: Record<string, Record<string, string>> = {
  scheduled: { due: 'debiting >debit', cancel: 'canceled released' },
  debiting: {
    due: 'reversing >reversal',
    'debit approved': 'crediting >credit +card_debited',
    'debit flagged': 'crediting >credit +card_debited !leg_flagged',
    'debit refused': 'failed(limit_exceeded) released',
    'debit duplicate': 'reversing >reversal',
    'debit not sent': 'failed(not_sent) released',
    'debit unknown': 'reversing >reversal',
    'file: debit done': 'reversing >reversal +card_debited',
  },
  'debiting purchase': {
    due: 'reversing >reversal',
    'debit approved': 'succeeded +card_purchase used',
    'debit flagged': 'succeeded +card_purchase used !leg_flagged',
    'debit refused': 'failed(limit_exceeded) released',
    'debit duplicate': 'reversing >reversal',
    'debit not sent': 'failed(not_sent) released',
    'debit unknown': 'reversing >reversal',
    'file: debit done': 'reversing >reversal +card_debited',
  },
  crediting: {
    due: 'crediting >credit',
    'credit approved': 'succeeded +card_credited used',
    'credit flagged': 'succeeded +card_credited used !leg_flagged',
    'credit refused': 'reversing >reversal',
    'credit bank down': 'reversing >reversal',
    'credit over the limit': 'reversing >reversal',
    'credit, no such issuer': 'reversing >reversal',
    'credit duplicate': 'crediting',
    'credit not sent': 'crediting',
    'credit unknown': 'crediting',
    'file: credit done': 'succeeded +card_credited used',
    'file: credit not done': 'reversing >reversal',
  },
  'crediting, unclear': {
    due: 'crediting >credit',
    'credit approved': 'succeeded +card_credited used',
    'credit flagged': 'succeeded +card_credited used !leg_flagged',
    'credit refused': 'reversing >reversal',
    'credit bank down': 'reversing >reversal',
    'credit over the limit': 'reversing >reversal',
    'credit, no such issuer': 'reversing >reversal',
    'file: credit done': 'succeeded +card_credited used',
    'file: credit not done': 'reversing >reversal',
  },
  'crediting, sent again': {
    due: 'crediting >credit',
    'credit approved': 'succeeded +card_credited used',
    'credit flagged': 'succeeded +card_credited used !leg_flagged',
    'credit refused': 'reversing >reversal',
    'credit bank down': 'crediting',
    'credit over the limit': 'crediting',
    'credit, no such issuer': 'crediting',
    'credit duplicate': 'crediting',
    'credit not sent': 'crediting',
    'credit unknown': 'crediting',
    'file: credit done': 'succeeded +card_credited used',
    'file: credit not done': 'reversing >reversal',
  },
  'crediting refund': {
    due: 'crediting >credit',
    'credit approved': 'succeeded +card_refund refunded 1000',
    'credit flagged': 'succeeded +card_refund refunded 1000 !leg_flagged',
    'credit refused': 'failed(card_lost) refunded 0',
    'credit bank down': 'failed(bank_down) refunded 0',
    'credit over the limit': 'failed(limit_exceeded) refunded 0',
    'credit, no such issuer': 'failed(card_unknown) refunded 0',
    'credit duplicate': 'crediting',
    'credit not sent': 'crediting',
    'credit unknown': 'crediting',
    'file: credit done': 'succeeded +card_refund refunded 1000',
    'file: credit not done': 'failed(not_done) refunded 0',
  },
  'reversing, taken unclear': {
    due: 'reversing >reversal',
    'reversal done': 'failed(bank_silent) released',
    'reversal, nothing there': 'failed(bank_silent) released',
    'reversal refused': 'reversing !reversal_refused',
    'reversal unknown': 'reversing',
    'file: debit done': 'reversing >reversal +card_debited',
    'file: debit not done': 'failed(bank_silent) released',
  },
  'reversing, taken': {
    due: 'reversing >reversal',
    'credit approved': 'reversing !outcome_contradicts',
    'credit flagged': 'reversing !outcome_contradicts',
    'reversal done': 'failed(card_lost) +card_debit_reversed released',
    'reversal, nothing there': 'reversing !outcome_contradicts',
    'reversal refused': 'reversing !reversal_refused',
    'reversal unknown': 'reversing',
    'file: credit done': 'reversing !outcome_contradicts',
  },
  succeeded: {
    'file: credit not done': 'succeeded !outcome_contradicts',
    'file of the same day: credit not done': 'succeeded !outcome_contradicts',
  },
  'failed, refused': { 'file: debit done': 'failed(insufficient_funds) !outcome_contradicts' },
  'failed, back': {},
  canceled: {},
};

function summarise(folder: MoveFolder, evidence: Evidence): string {
  const effects = noEffects();
  const side = decideLeg(NOW, folder, evidence, effects);
  const { move, original } = folder;
  return [
    move.state + (move.failure === null ? '' : `(${move.failure})`),
    side === null ? '' : `>${side}`,
    ...effects.postings.map(({ reason }) => `+${reason}`),
    effects.used.length > 0 ? 'used' : '',
    effects.released.length > 0 ? 'released' : '',
    original !== null && move.endedAt !== null ? `refunded ${original.refundedMinor}` : '',
    ...effects.alerts.map(({ kind }) => `!${kind}`),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

describe('what a piece of evidence does to a move', () => {
  for (const [place, make] of Object.entries(PLACES))
    describe(place, () => {
      for (const [name, toEvidence] of Object.entries(EVIDENCE)) {
        const rule = RULES[place]?.[name];
        const isRefused = name === 'cancel' && place !== 'scheduled';
        test(`${name}: ${isRefused ? 'declined' : (rule ?? 'nothing changes')}`, () => {
          const folder = make();
          const before = JSON.stringify(folder, (_key, value: unknown) =>
            typeof value === 'bigint' ? `${value}` : value,
          );
          if (isRefused) {
            expect(() => decideLeg(NOW, folder, toEvidence(folder), noEffects())).toThrow(Refusal);
            return;
          }
          if (rule !== undefined) {
            expect(summarise(folder, toEvidence(folder))).toBe(rule);
            return;
          }
          summarise(folder, toEvidence(folder));
          const after = JSON.stringify(folder, (_key, value: unknown) =>
            typeof value === 'bigint' ? `${value}` : value,
          );
          // A wait may be noted down; nothing else.
          const strip = (text: string) => text.replaceAll(/"(dueAt|code|reason|state)":("[^"]*"|null),?/g, '');
          expect(strip(after)).toBe(strip(before));
          expect(folder.move.state).toBe(make().move.state);
        });
      }
    });
});

describe('the messages that a rule asks for', () => {
  test('a reversal has a stamp of its own and the reference of its debit', () => {
    const folder = PLACES['reversing, taken unclear']?.();
    expect(folder?.reversal?.stamp.rrn).toBe(folder?.debit?.stamp.rrn);
    expect(folder?.reversal?.stamp.stan).not.toBe(folder?.debit?.stamp.stan);
  });

  test('a message that is sent again keeps its stamp', () => {
    for (const place of ['crediting, unclear', 'reversing, taken unclear', 'reversing, taken'] as const) {
      const folder = PLACES[place]?.();
      if (folder === undefined) throw new Error('no such place');
      const side = folder.move.state === 'crediting' ? 'credit' : 'reversal';
      const stamp = { ...folder[side]?.stamp };
      expect(decideLeg(NOW, folder, dueNow(folder), noEffects())).toBe(side);
      expect(folder[side]?.stamp).toEqual(stamp);
      expect(folder[side]?.sendsCount).toBe(2);
    }
  });

  test('what nobody answers is sent again soon, then every minute, then every five, and after a day a person is told', () => {
    const folder = folderAfter({}, debitTold(approved()));
    let now = NOW;
    const pauses: number[] = [];
    const alerts: string[] = [];
    for (let n = 0; n < 2000 && folder.move.dueAt !== null; n++) {
      const effects = noEffects();
      const told = creditTold(unknown);
      decideLeg(now, folder, told, effects);
      const due = folder.move.dueAt;
      if (due === null) break;
      pauses.push((due.getTime() - now.getTime()) / 1000);
      now = due;
      decideLeg(now, folder, dueNow(folder), effects);
      alerts.push(...effects.alerts.map(({ kind }) => kind));
    }
    expect(pauses.slice(0, 5)).toEqual([2, 10, 30, 60, 60]);
    expect(new Set(pauses)).toEqual(new Set([2, 10, 30, 60, 300]));
    expect(pauses.length).toBeLessThan(400);
    expect(alerts).toEqual(['leg_unanswered']);
    expect(folder.move.state).toBe('crediting');
    expect(folder.move.dueAt).toBeNull();
  });

  test('a reversal that nobody answers for a day is told to a person once, and asked for every hour until it is answered', () => {
    const folder = folderAfter({}, debitTold(approved()), creditTold(refused('card_lost')));
    let now = NOW;
    const pauses: number[] = [];
    const alerts: string[] = [];
    for (let n = 0; n < 400; n++) {
      const effects = noEffects();
      decideLeg(now, folder, reversalTold({ kind: 'unknown', why: 'no reply' }), effects);
      const due = folder.move.dueAt ?? now;
      pauses.push((due.getTime() - now.getTime()) / 1000);
      now = due;
      expect(decideLeg(now, folder, dueNow(folder), effects)).toBe('reversal');
      alerts.push(...effects.alerts.map(({ kind }) => kind));
    }
    expect(new Set(pauses)).toEqual(new Set([2, 10, 30, 60, 300, 3600]));
    expect(pauses.at(-1)).toBe(3600);
    expect(alerts).toEqual(['leg_unanswered']);
    decideLeg(now, folder, reversalTold(reversed(true)), noEffects());
    expect(folder.move.state).toBe('failed');
  });

  test('a message that was sent again late in the day is not proved absent by that day’s file', () => {
    const folder = folderAfter({}, debitTold(approved()), creditTold(unknown));
    const late = new Date('2026-11-23T15:30:00Z'); // 23:30 in Shanghai: the switch is on the 24th
    decideLeg(late, folder, dueNow(folder), noEffects());
    decideLeg(late, folder, learnedOf('credit', false, TOMORROW), noEffects());
    expect(folder.move.state).toBe('crediting');
    decideLeg(late, folder, learnedOf('credit', false, '2026-11-25'), noEffects());
    expect(folder.move.state).toBe('reversing');
  });

  test('what is booked carries the switch’s day, not ours', () => {
    const folder = folderAfter({});
    const effects = noEffects();
    const reply = { kind: 'approved', authId: null, settlementDay: TOMORROW, isFlagged: false } as const;
    decideLeg(NOW, folder, debitTold(reply), effects);
    expect(effects.postings.map((posting) => toTransfer(posting).userData32)).toEqual([20261124]);
  });
});

test('the table of states lets nothing leave an end', () => {
  for (const from of Object.values(MOVES_OF_STATE).flat())
    expect(['scheduled', 'debiting', 'crediting', 'reversing']).toContain(from);
});
