import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor, toPage } from './cursor.ts';
import { Refusal } from './refusal.ts';

const ID = 'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('a cursor', () => {
  test('leads back to the id it was made from', () => {
    expect(decodeCursor('evt', encodeCursor(ID))).toBe(ID);
  });

  test.each([
    ['nothing', ''],
    ['junk', 'not-a-cursor'],
    ['the bare id', ID],
    ['another list', encodeCursor('pay_01ARZ3NDEKTSV4RRFFQ69G5FAV')],
    ['padding added', `${encodeCursor(ID)}=`],
    ['a letter added', `${encodeCursor(ID)}A`],
    ['white space', ` ${encodeCursor(ID)}`],
    ['lower-case id', encodeCursor(ID.toLowerCase())],
    ['sql', Buffer.from("1:evt_' or 1=1--").toString('base64url')],
    ['a zero byte', Buffer.from(`1:${ID}\0`).toString('base64url')],
    ['another version', Buffer.from(`2:${ID}`).toString('base64url')],
    ['a megabyte', 'A'.repeat(1024 * 1024)],
  ])('is refused when it is %s', (_what, cursor) => {
    expect(() => decodeCursor('evt', cursor)).toThrow(Refusal);
    expect(() => decodeCursor('evt', cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
  });

  test('a page has a next one only when a row is left over', () => {
    const rows = [{ id: 'evt_3' }, { id: 'evt_2' }, { id: 'evt_1' }];
    expect(toPage(rows, 3)).toEqual({ items: rows, nextCursor: null });
    expect(toPage(rows, 2)).toEqual({ items: rows.slice(0, 2), nextCursor: encodeCursor('evt_2') });
    expect(toPage([], 2)).toEqual({ items: [], nextCursor: null });
  });
});
