import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { until } from '../webhooks/test-shop.ts';
import { Secret } from '../base/secret.ts';
import { createKeyring } from '../vault/seal.ts';
import { CHAIN_START, chainAudit, linkHash } from './audit.ts';
import { listChained } from './audit-store.ts';
import { codeOf, MASTER, openPeople } from './test-people.ts';
import type { AuditHead } from './users-api.ts';

const { sql } = await freshDatabase();
const people = await openPeople(sql);
const { users, clock } = people;

let lastBook = 1000;

/** A book of its own with lines that are chained. */
async function aChain(linesCount: number): Promise<{ book: number; ids: string[]; head: AuditHead }> {
  const book = (lastBook += 1);
  await write(book, linesCount);
  const { head } = await chainAudit(people.deps, book);
  const rows = await sql<{ id: string }[]>`select id from audit_lines where book = ${book} order by seq`;
  return { book, ids: rows.map(({ id }) => id), head };
}

async function write(book: number, linesCount: number): Promise<void> {
  const lines = Array.from({ length: linesCount }, (_, n) => ({
    book,
    userId: null,
    event: 'card.bound',
    facts: { n },
  }));
  await sql.begin((tx) => users.audit(tx, lines));
}

/** As the owner of the database, whom no trigger stops. */
async function asOwner(change: (tx: typeof sql) => PromiseLike<unknown>): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await change(tx as unknown as typeof sql); // the same templates
  });
}

describe('the audit chain', () => {
  test('one that nobody touched is whole, also while it is being written', async () => {
    const { book, head } = await aChain(5);
    expect(await users.verifyAudit(book, null)).toEqual({ kind: 'whole', head, linesCount: 5n });
    await write(book, 3);
    expect(await users.verifyAudit(book, head)).toMatchObject({ kind: 'whole', linesCount: 5n });
    await chainAudit(people.deps, book);
    expect(await users.verifyAudit(book, head)).toMatchObject({ kind: 'whole', linesCount: 8n });
  });

  test('a book where nothing happened is whole', async () => {
    expect(await users.verifyAudit(999, null)).toMatchObject({ kind: 'whole', linesCount: 0n });
  });

  test('a line goes with its deed: rolled back, it is not there', async () => {
    const book = (lastBook += 1);
    const failing = sql.begin(async (tx) => {
      await users.audit(tx, [{ book, userId: null, event: 'card.bound', facts: {} }]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await chainAudit(people.deps, book)).count).toBe(0);
  });

  test('the application itself can neither change nor delete a line', async () => {
    const { ids } = await aChain(1);
    await expect(sql`update audit_lines set event = 'x.y' where id = ${ids[0] ?? ''}`).rejects.toThrow(
      'never rewritten',
    );
    await expect(sql`update audit_lines set seq = null, hash = null where id = ${ids[0] ?? ''}`).rejects.toThrow(
      'never',
    );
    await expect(sql`delete from audit_lines where id = ${ids[0] ?? ''}`).rejects.toThrow('never rewritten');
  });

  test('an open transaction with a line holds up neither other lines nor the chain', async () => {
    const { book } = await aChain(1);
    let end = (): void => {};
    const held = new Promise<void>((resolve) => (end = resolve));
    const slow = sql.begin(async (tx) => {
      await users.audit(tx, [{ book, userId: null, event: 'slow.deed', facts: {} }]);
      await held;
    });
    await write(book, 2);
    expect((await chainAudit(people.deps, book)).count).toBe(2);
    end();
    await slow;
    expect((await chainAudit(people.deps, book)).count).toBe(1);
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'whole', linesCount: 4n });
  });

  test('holds when the master secret that signed its lines is gone, once a newer one has signed the head', async () => {
    const { book, head, ids } = await aChain(3);
    const newer = new Secret('a newer master secret, also of enough bytes for this');
    const keyringOf = (...masters: [Secret, ...Secret[]]) => createKeyring({ random: people.deps.random }, masters);
    await chainAudit({ ...people.deps, keyring: keyringOf(newer, MASTER) }, book);
    const alone = people.openAnother({ keyring: keyringOf(newer) });
    expect(await alone.verifyAudit(book, head)).toMatchObject({ kind: 'whole', linesCount: 3n });
    await asOwner((tx) => tx`update audit_lines set event = 'card.unbound' where book = ${book} and seq = 1`);
    expect(await alone.verifyAudit(book, head)).toMatchObject({ kind: 'broken', seq: 1n, id: ids[0] });
  });

  test('several who chain at once make one chain', async () => {
    const book = (lastBook += 1);
    await write(book, 2500);
    const counts = await Promise.all(Array.from({ length: 6 }, () => chainAudit(people.deps, book)));
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(2500);
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'whole', linesCount: 2500n });
  });
});

describe('verify names the first row that is wrong', () => {
  test.each(['event', 'facts', 'user_id', 'at'])('a line whose %s was edited', async (column) => {
    const { book, ids } = await aChain(5);
    const value =
      { event: 'card.unbound', facts: '{"n":99}', user_id: 'usr_x', at: '2020-01-01T00:00:00Z' }[column] ?? '';
    await asOwner((tx) =>
      tx.unsafe(`update audit_lines set ${column} = '${value}' where book = ${book} and seq in (3, 4)`),
    );
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: 3n, id: ids[2] });
  });

  test('a line that was edited with every hash after it made anew', async () => {
    const { book, ids } = await aChain(5);
    const rows = await listChained(sql, book, 0n, 10);
    let hash: Buffer = CHAIN_START;
    for (const row of rows) {
      const edited = row.seq === 3n ? { ...row, event: 'card.unbound' } : row;
      hash = linkHash(hash, row.seq, edited);
      const bent = hash;
      await asOwner(
        (tx) =>
          tx`update audit_lines set event = ${edited.event}, hash = ${bent} where book = ${book} and id = ${row.id}`,
      );
    }
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: 3n, id: ids[2] });
  });

  test('a line that was taken out of the middle', async () => {
    const { book } = await aChain(5);
    await asOwner((tx) => tx`delete from audit_lines where book = ${book} and seq = 3`);
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: 3n, why: 'a line is gone' });
  });

  test('the last line, deleted', async () => {
    const { book, ids } = await aChain(5);
    await asOwner((tx) => tx`delete from audit_lines where book = ${book} and seq = 5`);
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: 5n, id: ids[4] });
  });

  test('a line put in, chained or not', async () => {
    const { book, ids } = await aChain(5);
    const copy = `aud_${'7'.repeat(26)}`;
    await asOwner(
      (tx) => tx`
        insert into audit_lines (book, id, user_id, event, facts, at, mac)
        select book, ${copy}, user_id, event, facts, at, mac from audit_lines where book = ${book} and id = ${ids[0] ?? ''}`,
    );
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: null, id: copy });
    expect((await chainAudit(people.deps, book)).count).toBe(0);
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: null, id: copy });
    const hash = Buffer.alloc(32, 7);
    await asOwner((tx) => tx`update audit_lines set seq = 6, hash = ${hash} where book = ${book} and id = ${copy}`);
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: 6n, id: copy });
  });

  test('two lines that changed places', async () => {
    const { book, ids } = await aChain(5);
    await asOwner((tx) => tx`update audit_lines set seq = 6 where book = ${book} and seq = 2`);
    await asOwner((tx) => tx`update audit_lines set seq = 2 where book = ${book} and seq = 4`);
    await asOwner((tx) => tx`update audit_lines set seq = 4 where book = ${book} and seq = 6`);
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', seq: 2n, id: ids[3] });
  });

  test('a line that was kept out of the chain', async () => {
    const { book, ids } = await aChain(3);
    await write(book, 1);
    clock.advanceMs(601_000);
    const [left] = await sql<{ id: string }[]>`select id from audit_lines where book = ${book} and seq is null`;
    expect(ids).not.toContain(left?.id);
    expect(await users.verifyAudit(book, null)).toMatchObject({
      kind: 'broken',
      id: left?.id,
      why: 'the line was left out of the chain',
    });
  });

  test('a head that was altered or deleted; nothing is chained to it', async () => {
    const { book } = await aChain(3);
    await sql`update audit_heads set seq = 2 where book = ${book}`;
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'broken', why: 'the head was altered' });
    await expect(chainAudit(people.deps, book)).rejects.toThrow('the one that we signed');
    const other = await aChain(3);
    await sql`delete from audit_heads where book = ${other.book}`;
    expect(await users.verifyAudit(other.book, null)).toMatchObject({ kind: 'broken', why: 'the head is gone' });
  });

  test('a chain cut back to an earlier true head: only the head that the log told shows it', async () => {
    const { book } = await aChain(3);
    const [early] = await sql`select * from audit_heads where book = ${book}`;
    await write(book, 2);
    const { head } = await chainAudit(people.deps, book);
    await asOwner((tx) => tx`delete from audit_lines where book = ${book} and seq > 3`);
    await sql`update audit_heads set ${sql({ seq: early?.['seq'], last_id: early?.['last_id'], hash: early?.['hash'], mac: early?.['mac'] })} where book = ${book}`;
    expect(await users.verifyAudit(book, null)).toMatchObject({ kind: 'whole', linesCount: 3n });
    expect(await users.verifyAudit(book, head)).toMatchObject({ kind: 'broken', seq: 4n });
    await write(book, 2);
    await chainAudit(people.deps, book);
    expect(await users.verifyAudit(book, head)).toMatchObject({ kind: 'broken', seq: 5n });
  });
});

describe('the work of every round', () => {
  test('chains what was written and tells the head to the log when it stops', async () => {
    const { session } = await people.signIn(people.aPhone());
    await users.signOut(session);
    users.startWork();
    users.startWork();
    await until(async () => (await sql`select 1 from audit_lines where book = 1 and seq is null`).length === 0);
    await users.stop();
    expect(people.logged.some((line) => line.startsWith('head of the audit chain'))).toBe(true);
    expect(await users.verifyAudit(1, null)).toMatchObject({ kind: 'whole' });
    const events = await sql<{ event: string }[]>`
      select event from audit_lines where user_id = ${session.userId} order by seq`;
    expect(events.map(({ event }) => event)).toEqual(['user.created', 'session.started', 'session.ended']);
  });

  test('no line holds a phone number, a code or a PIN', async () => {
    const { session, phone } = await people.withPin();
    expect(await codeOf(users.setPin(session, { pin: '604938', oldPin: '135790' }))).toBe('pin_wrong');
    // Hashes, ids and times are digits by chance; what people read stands in the event and its facts.
    const [row] = await sql<{ all: string }[]>`select string_agg(event || facts, ' ') as all from audit_lines`;
    for (const secret of [phone, '604938', '135790', '285719']) expect(row?.all.includes(secret)).toBe(false);
  });
});
