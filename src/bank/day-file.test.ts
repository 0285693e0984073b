import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { OutboundReply, OutboundRequest } from '../base/outbound.ts';
import { money } from '../money/money.ts';
import { fetchDayFile, readDayFile } from './day-file.ts';
import { CARD_TEXT } from './test-rail.ts';

/** As wide as the columns are, each with what stands in it. */
const CELLS: [number, string][] = [
  [11, '48490000'],
  [11, '48490000'],
  [6, '000123'],
  [10, '1123093015'],
  [19, CARD_TEXT],
  [12, '000000012345'],
  [12, '000000000000'],
  [12, '000000000000'],
  [4, '0200'],
  [6, '460000'],
  [4, '6012'],
  [8, 'HUTONG01'],
  [15, 'HUTONG000000001'],
  [12, '093015000123'],
  [2, '00'],
  [6, 'A1B2C3'],
  [11, '01020000'],
  [6, ''],
  [2, '00'],
  [3, '012'],
  [12, ''],
  [12, ''],
  [12, ''],
  [1, '1'],
  [3, ''],
  [1, ''],
  [1, ''],
  [10, ''],
  [11, '01020000'],
  [1, ''],
  [2, '08'],
  [2, ''],
  [12, ''],
  [14, ''],
];
const rowOf = (changes: Record<number, string> = {}) =>
  `${CELLS.map(([width, text], index) => (changes[index] ?? text).padEnd(width)).join(' ')}\n`;
const fileOf = (...rows: string[]) => Buffer.from(rows.join(''), 'latin1');

describe('the file of a day', () => {
  test('is read row by row', () => {
    const reply = readDayFile(fileOf(rowOf(), rowOf({ 2: '000124', 8: '0220', 9: '200000', 18: '51' })), '2');
    if (reply.kind !== 'file') throw new Error('not read');
    const [first, second] = reply.rows;
    expect(first?.card.reveal()).toBe(CARD_TEXT);
    expect({ ...first, card: null }).toEqual({
      stan: '000123',
      transmittedAt: '1123093015',
      rrn: '093015000123',
      card: null,
      amount: money('CNY', 12_345n),
      messageType: '0200',
      processing: '460000',
      issuer: '01020000',
      responseCode: '00',
    });
    expect(second).toMatchObject({ stan: '000124', messageType: '0220', responseCode: '51' });
  });

  test('may have no rows', () => {
    expect(readDayFile(fileOf(), '0')).toEqual({ kind: 'file', rows: [] });
  });

  test.each<[string, Buffer, string]>([
    ['a row less than counted', fileOf(rowOf()), '2'],
    ['a row more than counted', fileOf(rowOf(), rowOf()), '1'],
    ['rows that nobody counted', fileOf(rowOf()), ''],
    ['half a row', fileOf(rowOf().slice(0, 100)), '1'],
    ['a row that is too long', fileOf(`${rowOf().slice(0, -1)} \n`), '1'],
    ['a number that is none', fileOf(rowOf({ 5: '0000000123.5' })), '1'],
    ['no card', fileOf(rowOf({ 4: '' })), '1'],
    ['no trace number', fileOf(rowOf({ 2: '' })), '1'],
    ['no reference', fileOf(rowOf({ 13: '' })), '1'],
    ['no response code', fileOf(rowOf({ 18: '' })), '1'],
    ['no issuer', fileOf(rowOf({ 28: '' })), '1'],
    ['columns that run together', fileOf(`${rowOf().slice(0, 11)}x${rowOf().slice(12)}`), '1'],
    ['a second row that is wrong', fileOf(rowOf(), rowOf({ 8: 'XXXX' })), '2'],
  ])('with %s is not read at all', (_, file, lines) => {
    expect(readDayFile(file, lines)).toMatchObject({ kind: 'unknown' });
  });
});

describe('it is fetched', () => {
  const file = fileOf(rowOf());
  const headers = {
    'content-digest': `sha-256=:${createHash('sha256').update(file).digest('base64')}:`,
    'x-lines': '1',
  };
  const fetchWith = async (reply: OutboundReply, day = '2026-11-23') => {
    const asked: OutboundRequest[] = [];
    const result = await fetchDayFile(
      (request) => {
        asked.push(request);
        return Promise.resolve(reply);
      },
      { filesUrl: 'http://127.0.0.1:9/files/', institution: '48490000', day, timeoutMs: 1000 },
    );
    return { result, asked };
  };

  test('by institution and day', async () => {
    const { result, asked } = await fetchWith({ kind: 'reply', status: 200, headers, body: file });
    expect(result).toMatchObject({ kind: 'file', rows: [{ stan: '000123' }] });
    expect(asked.map((request) => [request.method, request.url])).toEqual([
      ['GET', 'http://127.0.0.1:9/files/48490000/20261123/COM'],
    ]);
  });

  test.each<[string, OutboundReply, string]>([
    ['not yet there', { kind: 'reply', status: 404, headers: {}, body: Buffer.alloc(0) }, 'not_ready'],
    ['an error', { kind: 'reply', status: 500, headers, body: file }, 'unknown'],
    ['a redirect', { kind: 'reply', status: 302, headers, body: file }, 'unknown'],
    ['no digest', { kind: 'reply', status: 200, headers: { 'x-lines': '1' }, body: file }, 'unknown'],
    ['half of it', { kind: 'reply', status: 200, headers, body: file.subarray(0, 100) }, 'unknown'],
    [
      'one byte changed',
      { kind: 'reply', status: 200, headers, body: fileOf(rowOf({ 5: '000000012346' })) },
      'unknown',
    ],
    ['nobody there', { kind: 'not_sent', reason: 'refused' }, 'unknown'],
    ['no answer', { kind: 'no_answer', reason: 'cut' }, 'unknown'],
  ])('%s', async (_, reply, kind) => {
    expect((await fetchWith(reply)).result.kind).toBe(kind);
  });

  test('for a day only', async () => {
    const { result, asked } = await fetchWith({ kind: 'not_sent', reason: '' }, '../20261123');
    expect(result.kind).toBe('unknown');
    expect(asked).toEqual([]);
  });
});
