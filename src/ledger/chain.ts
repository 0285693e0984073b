import { hash } from 'node:crypto';
import type { LedgerEvent } from './state.ts';
import type { Account, Expiry, Transfer } from './types.ts';

/*
 * Every event of a book carries a hash over the hash before it and its own row as one line of text, so that no row can
 * be changed, removed, added or moved without every later hash, and the book's head, telling. A line can be checked with
 * `printf '%s' "$line" | sha256sum`. Fields are joined by `|`, ids are 32 hexadecimal digits, numbers decimal:
 *   PREVIOUS|account|book|timestamp|id|ledger|code|flags|user_data_128|user_data_64|user_data_32
 *   PREVIOUS|transfer|book|timestamp|id|debit|credit|amount|pending_id|user_data_128|user_data_64|user_data_32|timeout|ledger|code|flags
 *   PREVIOUS|expiry|book|timestamp|transfer_id
 */

/** What stands before a book's first event. */
export const CHAIN_START = '0'.repeat(64);

/** The row of an event as one line, without the hash before it. */
export function eventLine(book: number, event: LedgerEvent): string {
  if (event.kind === 'transfer') {
    const t = event.transfer;
    return transferLine(book, t, idHex(t.id), idHex(t.debitAccountId), idHex(t.creditAccountId));
  }
  if (event.kind === 'account') return accountLine(book, event.account);
  return expiryLine(book, event.expiry);
}

export function accountLine(book: number, account: Account): string {
  const a = account;
  return (
    `account|${book}|${a.timestamp}|${idHex(a.id)}|${a.ledger}|${a.code}|${a.flags}` +
    `|${idHex(a.userData128)}|${a.userData64}|${a.userData32}`
  );
}

/** The ids are hexadecimal already: whoever writes many transfers needs them again. */
export function transferLine(book: number, t: Transfer, id: string, debit: string, credit: string): string {
  return (
    `transfer|${book}|${t.timestamp}|${id}|${debit}|${credit}` +
    `|${t.amount}|${idHex(t.pendingId)}|${idHex(t.userData128)}|${t.userData64}|${t.userData32}` +
    `|${t.timeoutSeconds}|${t.ledger}|${t.code}|${t.flags}`
  );
}

export function expiryLine(book: number, expiry: Expiry): string {
  return `expiry|${book}|${expiry.timestamp}|${idHex(expiry.transferId)}`;
}

/** The hash of an event, 64 hexadecimal digits, given the one before it. */
export function hashLine(previous: string, line: string): string {
  return hash('sha256', `${previous}|${line}`, 'hex');
}

export function hashEvent(previous: string, book: number, event: LedgerEvent): string {
  return hashLine(previous, eventLine(book, event));
}

const ZERO_ID = '0'.repeat(32);

/** 128 bits as 32 hexadecimal digits, which PostgreSQL reads as a uuid. */
export function idHex(id: bigint): string {
  return id === 0n ? ZERO_ID : id.toString(16).padStart(32, '0');
}

/** A uuid as PostgreSQL shows it, back to the number. */
export function idFromUuid(uuid: string): bigint {
  return BigInt(`0x${uuid.replaceAll('-', '')}`);
}
