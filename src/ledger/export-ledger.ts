import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Sql } from '../db/connect.ts';
import { idHex } from './chain.ts';
import { placeOf } from './replay.ts';
import type { StoredEvent } from './verify-store.ts';
import { listHeads, readBalances, readEvents, readHistory, readPending, withSnapshot } from './verify-store.ts';

/**
 * Writes the whole ledger as JSON lines, one row each, in the order in which it happened, so that anybody can check it
 * with scripts/verify-ledger-export.mjs, or with a program of their own, and without ours. Numbers that may be large are
 * strings, ids 32 hexadecimal digits. Per book: book, then account, transfer and expiry in order (each followed by the history
 * rows it left), then balances, pending, head.
 */
export async function exportLedger(sql: Sql, out: Writable): Promise<void> {
  await withSnapshot(sql, async (tx) => {
    await writeLine(out, { kind: 'export', format: 'hutong-ledger-1' });
    for (const head of await listHeads(tx)) {
      const { book } = head;
      await writeLine(out, { kind: 'book', book });
      const history = readHistory(tx, book);
      let next = await history.next();
      for await (const stored of readEvents(tx, book)) {
        await writeLine(out, eventFields(stored));
        const { timestamp } = placeOf(stored.event);
        for (; !next.done && next.value.timestamp <= timestamp; next = await history.next()) {
          await writeLine(out, { kind: 'history', ...next.value });
        }
      }
      for (; !next.done; next = await history.next()) await writeLine(out, { kind: 'history', ...next.value });
      await writeLine(out, { kind: 'head', ...head });
      for await (const row of readBalances(tx, book)) await writeLine(out, { kind: 'balances', ...row });
      for await (const row of readPending(tx, book)) await writeLine(out, { kind: 'pending', ...row });
      await writeLine(out, { kind: 'end', book });
    }
  });
}

function eventFields({ event, hash }: StoredEvent): object {
  if (event.kind === 'expiry') return { kind: 'expiry', ...event.expiry, hash };
  if (event.kind === 'transfer') return { kind: 'transfer', ...event.transfer, hash };
  const { id, ledger, code, flags, userData128, userData64, userData32, timestamp } = event.account;
  return { kind: 'account', id, ledger, code, flags, userData128, userData64, userData32, timestamp, hash };
}

const ID_FIELDS = new Set([
  'id',
  'debitAccountId',
  'creditAccountId',
  'pendingId',
  'transferId',
  'accountId',
  'userData128',
]);

/** Waits while the other side is slower than we are. */
async function writeLine(out: Writable, row: object): Promise<void> {
  const line = JSON.stringify(row, (key, value: unknown) =>
    typeof value !== 'bigint' ? value : ID_FIELDS.has(key) ? idHex(value) : value.toString(),
  );
  if (!out.write(`${line}\n`)) await once(out, 'drain');
}
