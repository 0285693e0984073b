import { beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { setFee } from '../cashier/billed-accounts.ts';
import { closeBreak } from './close-break.ts';
import { billLine, billOf, bytesOf } from './pretend-wallet.ts';
import { pageBreaks } from './read-statements.ts';
import { importStatement, requestStatement, settleNow } from './request-statement.ts';
import { openFile } from './statement-file.ts';
import { BOOK, openTestWorld, type TestWorld } from './test-world.ts';

const DAY = '2026-11-11';

let world: TestWorld;
beforeEach(async () => {
  world = await openTestWorld();
});

describe('a bill that a person has downloaded', () => {
  test('goes through the same reading, and is kept as it came', async () => {
    const file = fileOf(await world.paid(1000n), 1000n);
    world.goTo('2026-11-11T16:00:01Z'); // long before it could be fetched
    const statement = await importStatement(world.deps, { ...ofDay(), file });
    expect(statement).toMatchObject({ state: 'reconciled', matchedCount: 1 });
    expect(await openFile(world.cashier.deps, BOOK, statement.fileId ?? '')).toEqual(file);
    const [kept] = await world.sql<{ origin: string; sealed: string }[]>`
      select origin, sealed from statement_files join statement_file_parts on file_id = id`;
    expect(kept?.origin).toBe('imported');
    expect(kept?.sealed, 'not for those who read the database').not.toContain('orderNo');
  });

  test('of many parts comes back byte for byte', async () => {
    const orderNo = await world.paid(1000n);
    const many = Array.from({ length: 9000 }, (_, index) => billLine({ orderNo: `S${index}`, amountMinor: 1n }));
    const file = bytesOf(billOf([billLine({ orderNo, amountMinor: 1000n }), ...many]));
    expect(file.length).toBeGreaterThan(1024 * 1024);
    world.goTo('2026-11-12T02:00:00Z');
    const statement = await importStatement(world.deps, { ...ofDay(), file });
    expect((await openFile(world.cashier.deps, BOOK, statement.fileId ?? '')).equals(file)).toBe(true);
    await world.sql`alter table statement_file_parts disable trigger statement_file_parts_append_only`;
    await world.sql`
      update statement_file_parts p
      set sealed = other.sealed
      from statement_file_parts other
      where p.part_no in (1, 2)
        and other.part_no = 3 - p.part_no`;
    await expect(
      openFile(world.cashier.deps, BOOK, statement.fileId ?? ''),
      'two parts changed places',
    ).rejects.toThrow();
  });

  test('is refused for a day that was closed by another one, and welcome when it is the same', async () => {
    const orderNo = await world.paid(1000n);
    world.goTo('2026-11-12T02:00:00Z');
    await importStatement(world.deps, { ...ofDay(), file: fileOf(orderNo, 1000n) });
    const again = await importStatement(world.deps, { ...ofDay(), file: fileOf(orderNo, 1000n) });
    expect(again.state).toBe('reconciled');
    const other = importStatement(world.deps, { ...ofDay(), file: fileOf(orderNo, 1n) });
    await expect(other).rejects.toMatchObject({ code: 'statement_closed' });
    expect((await world.statementOf(DAY)).state).toBe('reconciled');
  });

  test('mends a day whose fetched bill was refused', async () => {
    const orderNo = await world.paid(1000n);
    world.pretend.bills.set(DAY, { kind: 'file', file: Buffer.from('busy') });
    world.goTo('2026-11-12T02:00:00Z');
    await world.settle();
    expect((await world.statementOf(DAY)).state).toBe('refused');
    const statement = await importStatement(world.deps, { ...ofDay(), file: fileOf(orderNo, 1000n) });
    expect(statement).toMatchObject({ state: 'reconciled', reason: null });
  });

  test('for a day whose own bill is half way through lets that one go first', async () => {
    const orderNo = await world.paid(1000n);
    world.goTo('2026-11-12T02:00:00Z');
    await importStatement(world.deps, { ...ofDay(), file: fileOf(orderNo, 1000n) });
    await world.sql`
      update statements
      set state = 'compared', reconciled_at = null, fees_posted_minor = null, due_at = ${world.clock.now()}`;
    const other = importStatement(world.deps, { ...ofDay(), file: fileOf(orderNo, 1n) });
    await expect(other).rejects.toMatchObject({ code: 'statement_closed' });
    expect(await world.statementOf(DAY)).toMatchObject({ state: 'reconciled', matchedCount: 1 });
  });

  test('is not taken while somebody is at work on the day', async () => {
    world.goTo('2026-11-12T02:00:00Z');
    await world.settle();
    await world.sql`update statements set leased_until = ${new Date('2026-11-13T00:00:00Z')}`;
    const request = importStatement(world.deps, { ...ofDay(), file: Buffer.from('') });
    await expect(request).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is not taken for a wallet that has no bills', async () => {
    const asking = await openTestWorld({ hasBill: false });
    asking.goTo('2026-11-12T02:00:00Z');
    const request = { merchantId: null, walletAccountId: asking.walletAccountId, day: DAY, file: Buffer.from('') };
    await expect(importStatement(asking.deps, request)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a day that is asked for', () => {
  test.each([
    ['that is no date', '2026-02-30', 'invalid_request'],
    ['that has not ended', '2026-11-12', 'invalid_request'],
  ])('%s is refused', async (_name, day, code) => {
    world.goTo('2026-11-12T02:00:00Z');
    for (const ask of [requestStatement, settleNow])
      await expect(ask(world.deps, { ...ofDay(), day, claim: null })).rejects.toMatchObject({ code });
  });

  test("of somebody else's account is not there", async () => {
    world.goTo('2026-11-12T02:00:00Z');
    const request = { ...ofDay(), merchantId: 'mer_01M83E1H4Q000ND8XG5P3H3Z00', claim: null };
    await expect(requestStatement(world.deps, request)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('after it was given up is fetched again', async () => {
    const orderNo = await world.paid(1000n);
    world.goTo('2026-11-12T02:00:00Z');
    await world.settle();
    await world.sql`update statements set state = 'unavailable', due_at = null, tries_count = 72`;
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo, amountMinor: 1000n })]));
    const { status } = await requestStatement(world.deps, { ...ofDay(), claim: null });
    expect(status).toBe(202);
    await world.settle();
    expect((await world.statementOf(DAY)).state).toBe('reconciled');
  });
});

describe('a break that a person closes', () => {
  test('keeps who, when and why, and changes no more', async () => {
    const id = await newBreak();
    const { body } = await closeBreak(world.deps, { ...by('同一商户号的另一套系统'), id });
    expect(JSON.parse(body)).toMatchObject({
      state: 'resolved',
      resolution: 'closed_by_operator',
      note: '同一商户号的另一套系统',
      resolved_by: 'key_1',
      resolved_at: world.clock.now().toISOString(),
    });
    await expect(closeBreak(world.deps, { ...by('again'), id })).rejects.toMatchObject({ code: 'break_resolved' });
    const change = world.sql`update statement_breaks set note = 'x'`;
    await expect(change, 'the table says so too').rejects.toThrow(/never changes/);
  });

  test.each(['', '  ', 'x'.repeat(501), 'a\u0000b'])('needs a note: %j', async (note) => {
    const id = await newBreak();
    await expect(closeBreak(world.deps, { ...by(note), id })).rejects.toBeInstanceOf(Refusal);
  });

  test('of somebody else, or of nobody, is not there', async () => {
    const id = await newBreak();
    const request = { ...by('mine?'), merchantId: 'mer_01M83E1H4Q000ND8XG5P3H3Z00' };
    await expect(closeBreak(world.deps, { ...request, id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(closeBreak(world.deps, { ...by('x'), id: 'brk_1' })).rejects.toMatchObject({ code: 'not_found' });
  });

  async function newBreak(): Promise<string> {
    world.pretend.bills.set(DAY, billOf([billLine({ orderNo: 'STRANGER', amountMinor: 1n })]));
    world.goTo('2026-11-12T02:00:00Z');
    await world.settle();
    const { id } = await world.statementOf(DAY);
    const request = { statementId: id, kind: 'theirs_only', state: null, after: null, itemsMax: 1 };
    const { data } = await pageBreaks(world.deps, { book: BOOK, merchantId: null }, request);
    return data[0]?.id ?? '';
  }

  function by(note: string) {
    return { merchantId: world.merchantId, note, by: 'key_1', claim: null };
  }
});

test('what is kept is kept: files and lines refuse every change', async () => {
  const file = fileOf(await world.paid(1000n), 1000n);
  world.goTo('2026-11-12T02:00:00Z');
  await importStatement(world.deps, { ...ofDay(), file });
  for (const table of ['statement_files', 'statement_file_parts', 'statement_lines'])
    for (const change of [`update ${table} set book = 1`, `delete from ${table}`, `truncate ${table} cascade`])
      await expect(world.sql.unsafe(change), change).rejects.toThrow(/append-only/);
});

test.each([-1, 10_001, 0.5])('a fee of %s hundredths of a percent cannot be', async (feeBps) => {
  const request = { merchantId: world.merchantId, id: world.walletAccountId, feeBps, claim: null };
  await expect(setFee(world.cashier.deps, request)).rejects.toMatchObject({ code: 'invalid_request' });
});

function ofDay() {
  return { merchantId: null, walletAccountId: world.walletAccountId, day: DAY };
}

function fileOf(orderNo: string, minor: bigint): Buffer {
  return bytesOf(billOf([billLine({ orderNo, amountMinor: minor })]));
}
