import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BANK_IN_FLIGHT_MAX, BANK_LINKS_USUAL, BANK_QUEUE_MAX } from '../base/limits.ts';
import { rootDir } from '../base/root.ts';
import { CUPS_TIMINGS_USUAL } from './cups-options.ts';
import { FIELDS } from './iso8583/fields.ts';
import { verdictOnEnquiry, verdictOnLeg, verdictOnReversal } from './response-codes.ts';

const page = readFileSync(join(rootDir, 'docs', 'bank-rail.md'), 'utf8');

describe('docs/bank-rail.md', () => {
  test('has every field in its form, and no other', () => {
    const shown = [...page.matchAll(/\| (\d+) \| ((?:n|z|an|ans|text|raw|fee|mac) (?:LLL? )?\d+)(?= \|)/g)].map(
      (match) => [Number(match[1]), match[2]],
    );
    const forms = { 0: '', 2: 'LL ', 3: 'LLL ' };
    const real = Object.entries(FIELDS).map(([field, row]) => [
      Number(field),
      `${row.charset} ${forms[row.prefix]}${row.bytes}`,
    ]);
    expect(shown).toEqual(real);
  });

  test('says what every code of F39 means', () => {
    const rows = page.split('### F39')[1]?.split('\n\n')[1]?.split('\n').slice(2) ?? [];
    const shown = new Map(
      rows.flatMap((row) => {
        const [, codes = '', leg = '', enquiry = ''] = row.split('|').map((cell) => cell.trim());
        return codes
          .split(/[^0-9A-Z]+/)
          .flatMap((code) => (/^[0-9A-Z]{2}$/.test(code) ? [[code, { leg, enquiry }]] : []));
      }) as [string, { leg: string; enquiry: string }][], // pairs, by the line above
    );
    expect(shown.size).toBeGreaterThan(60);
    for (const [code, { leg, enquiry }] of shown) {
      expect([code, wordOf(verdictOnLeg(code).kind)]).toEqual([code, /^\w+(, flagged)?/.exec(leg)?.[0]]);
      expect([code, verdictOnEnquiry(code).kind.replace('flagged', 'done')]).toEqual([code, enquiry]);
    }
    const again = /; ((?:[0-9A-Z]{2} )+)and unknown codes are repeated/.exec(page)?.[1]?.trim().split(' ') ?? [];
    for (const code of shown.keys())
      if (verdictOnEnquiry(code).kind === 'refused' && code !== '25')
        expect([code, verdictOnReversal(code)]).toEqual([code, again.includes(code) ? 'unknown' : 'refused']);
  });

  test('tells the timers and bounds that are usual', () => {
    const seconds = (text: string) => Number(new RegExp(`\\| ${text}[^|]*\\| (\\d+) s`).exec(page)?.[1]) * 1000;
    const { connectMs, replyMs, networkReplyMs, echoAfterMs, keyOverlapMs, keyDoubtMs, fileMs } = CUPS_TIMINGS_USUAL;
    expect(
      [
        'connect',
        'reply to a movement',
        'reply to sign-on',
        'echo after',
        'a replaced key',
        'keys asked',
        'the day',
      ].map(seconds),
    ).toEqual([connectMs, replyMs, networkReplyMs, echoAfterMs, keyOverlapMs, keyDoubtMs, fileMs]);
    expect(page).toContain(`At most ${BANK_IN_FLIGHT_MAX} in flight and ${BANK_QUEUE_MAX} waiting`);
    expect([page.includes('Two connections by default'), BANK_LINKS_USUAL]).toEqual([true, 2]);
  });
});

function wordOf(kind: 'done' | 'flagged' | 'refused' | 'unknown'): string {
  return kind === 'flagged' ? 'done, flagged' : kind;
}
