#!/usr/bin/env node
/*
 * Checks an export of the ledger (npx hutong ledger export) with nothing but Node: no import of ours, no dependency.
 *   node scripts/verify-ledger-export.mjs export.jsonl        exit code 0: all is right, 1: the first wrong row is named
 *
 * Every event row carries sha256("<hash of the event before>|<its fields, joined by |>"), starting from 64 zeros per book:
 *   account|book|timestamp|id|ledger|code|flags|userData128|userData64|userData32
 *   transfer|book|timestamp|id|debit|credit|amount|pendingId|userData128|userData64|userData32|timeout|ledger|code|flags
 *   expiry|book|timestamp|transferId
 * Flags of accounts: 2 debits within credits, 4 credits within debits, 8 history, 32 closed. Of transfers: 2 pending, 4 post, 8 void,
 * 64 closes the debit account, 128 closes the credit account (until the pending transfer is voided or expires).
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const path = process.argv[2];
if (path === undefined || path.startsWith('-')) {
  console.error('usage: node verify-ledger-export.mjs EXPORT.jsonl');
  process.exit(path === '--help' ? 0 : 2);
}

const FIELDS = {
  account: ['timestamp', 'id', 'ledger', 'code', 'flags', 'userData128', 'userData64', 'userData32'],
  transfer:
    'timestamp id debitAccountId creditAccountId amount pendingId userData128 userData64 userData32 timeoutSeconds ledger code flags'.split(
      ' ',
    ),
  expiry: ['timestamp', 'transferId'],
};

class Wrong extends Error {}

/** @type {any} */
let book;
let line = 0;
let events = 0;
let books = 0;
let format;

function check(claim, row, expected, found) {
  if (claim) return;
  const id = row.id ?? row.transferId ?? row.accountId ?? `of book ${row.book}`;
  throw new Wrong(`line ${line}, ${row.kind} ${id}: expected ${expected}, found ${found}`);
}

function take(row) {
  if (row.kind === 'export') {
    check(row.format === 'hutong-ledger-1', row, 'format hutong-ledger-1', row.format);
    format = row.format;
    return;
  }
  check(format !== undefined, row, 'an export line first', row.kind);
  if (row.kind === 'book') {
    check(book === undefined, row, 'the end of the book before', 'another book');
    book = {
      number: row.book,
      hash: '0'.repeat(64),
      last: 0n,
      accounts: new Map(),
      pending: new Map(),
      due: [],
      complete: false,
    };
    return;
  }
  check(book !== undefined, row, 'a book line before it', 'none');
  if (row.kind !== 'history') check(book.due.length === 0, row, `history of account ${book.due[0]?.id}`, 'none');
  if (row.kind in FIELDS) event(row);
  else if (row.kind === 'history') history(row);
  else if (row.kind === 'balances') balances(row);
  else if (row.kind === 'pending') pending(row);
  else if (row.kind === 'head') head(row);
  else if (row.kind === 'end') end(row);
  else check(false, row, 'a kind of row that is known', row.kind);
}

function event(row) {
  check(!book.complete, row, 'no event after the head', 'one');
  check(BigInt(row.timestamp) > book.last, row, `a timestamp after ${book.last}`, row.timestamp);
  const text = [book.hash, row.kind, book.number, ...FIELDS[row.kind].map((field) => row[field])].join('|');
  const hash = createHash('sha256').update(text).digest('hex');
  const hint = `${row.hash}: this row was changed, or a row before it was changed, removed, added or moved`;
  check(hash === row.hash, row, `hash ${hash}`, hint);
  if (row.kind === 'account') open(row);
  else if (row.kind === 'expiry') release(row, row.transferId, 'expired');
  else if (/^0*$/.test(row.pendingId)) move(row);
  else resolve(row);
  book.hash = hash;
  book.last = BigInt(row.timestamp);
  events += 1;
}

function open(row) {
  check(!book.accounts.has(row.id), row, 'an account only once', 'twice');
  const { id, flags, ledger } = row;
  book.accounts.set(id, { id, flags, ledger, closed: (flags & 32) !== 0, dp: 0n, d: 0n, cp: 0n, c: 0n, seen: false });
}

function move(row) {
  const debit = book.accounts.get(row.debitAccountId);
  const credit = book.accounts.get(row.creditAccountId);
  check(debit && credit && debit !== credit, row, 'two accounts that were opened before', 'one that was not');
  check(debit.ledger === row.ledger && credit.ledger === row.ledger, row, `accounts of ledger ${row.ledger}`, 'others');
  check(!debit.closed && !credit.closed, row, 'two open accounts', 'a closed one');
  const amount = BigInt(row.amount);
  check(amount >= 0n, row, 'an amount of 0 or more', row.amount);
  if (row.flags & 2) {
    debit.dp += amount;
    credit.cp += amount;
    if (row.flags & 64) debit.closed = true;
    if (row.flags & 128) credit.closed = true;
    const expires = row.timeoutSeconds === 0 ? null : BigInt(row.timestamp) + BigInt(row.timeoutSeconds) * 1000000000n;
    book.pending.set(row.id, { debit, credit, amount, expires, flags: row.flags, status: 'pending', seen: false });
  } else {
    debit.d += amount;
    credit.c += amount;
  }
  touched(row, debit, credit);
}

function resolve(row) {
  const voids = (row.flags & 8) !== 0;
  const from = book.pending.get(row.pendingId);
  const amount = BigInt(row.amount);
  check(from, row, `the pending transfer ${row.pendingId} before it`, 'none');
  const same = from.debit.id === row.debitAccountId && from.credit.id === row.creditAccountId;
  check(same, row, 'the accounts of the pending transfer', 'others');
  check(voids ? amount === from.amount : amount <= from.amount, row, `an amount within ${from.amount}`, row.amount);
  release(row, row.pendingId, voids ? 'voided' : 'posted', voids ? 0n : amount);
}

function release(row, id, status, posted = 0n) {
  const from = book.pending.get(id);
  check(from?.status === 'pending', row, 'a transfer that is pending', from?.status ?? 'none');
  const late = from.expires !== null && BigInt(row.timestamp) >= from.expires;
  check(late === (status === 'expired'), row, `the timeout at ${from.expires} to be kept`, row.timestamp);
  from.status = status;
  from.debit.dp -= from.amount;
  from.credit.cp -= from.amount;
  if (status !== 'posted') {
    if (from.flags & 64) from.debit.closed = false;
    if (from.flags & 128) from.credit.closed = false;
  } else {
    check(!from.debit.closed && !from.credit.closed, row, 'two open accounts', 'a closed one');
  }
  from.debit.d += posted;
  from.credit.c += posted;
  touched(row, from.debit, from.credit);
}

function touched(row, ...pair) {
  for (const account of pair) {
    const { flags, dp, d, cp, c } = account;
    if (flags & 2) check(dp + d <= c, row, `debits of ${account.id} up to ${c}`, dp + d);
    if (flags & 4) check(cp + c <= d, row, `credits of ${account.id} up to ${d}`, cp + c);
  }
  book.due = pair
    .filter(({ flags }) => flags & 8)
    .map((account) => ({ id: account.id, timestamp: row.timestamp, text: show(account) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

const show = ({ dp, d, cp, c }) => `debits ${d} (pending ${dp}), credits ${c} (pending ${cp})`;
const showRow = (row) =>
  show({ dp: row.debitsPending, d: row.debitsPosted, cp: row.creditsPending, c: row.creditsPosted });

function history(row) {
  const due = book.due.shift();
  check(due, row, 'no row without an event', showRow(row));
  check(
    due.id === row.accountId && due.timestamp === row.timestamp,
    row,
    `account ${due.id} at ${due.timestamp}`,
    row.timestamp,
  );
  check(due.text === showRow(row), row, due.text, showRow(row));
}

function balances(row) {
  const account = book.accounts.get(row.accountId);
  check(account && !account.seen, row, 'one row per account', account ? 'two' : 'a row without an account');
  account.seen = true;
  check(show(account) === showRow(row), row, show(account), showRow(row));
  check(account.closed === row.closed, row, account.closed ? 'closed' : 'open', row.closed ? 'closed' : 'open');
  check(account.flags === row.flags && account.ledger === row.ledger, row, 'flags and ledger of the account', 'others');
}

function pending(row) {
  const is = book.pending.get(row.transferId);
  check(is && !is.seen, row, 'one row per pending transfer', is ? 'two' : 'a row without a transfer');
  is.seen = true;
  check(is.status === row.status, row, is.status, row.status);
  check(String(is.expires) === String(row.expiresAt), row, `expiry ${is.expires}`, row.expiresAt);
}

function head(row) {
  const short = 'events at the end are missing, or the head was changed';
  check(row.hash === book.hash, row, `hash ${book.hash} of the last event`, `${row.hash}: ${short}`);
  check(
    BigInt(row.lastTimestamp) === book.last,
    row,
    `the last timestamp ${book.last}`,
    `${row.lastTimestamp}: ${short}`,
  );
  book.complete = true;
}

function end(row) {
  check(book.complete, row, 'a head before the end', 'none');
  for (const account of book.accounts.values())
    check(account.seen, row, `a balances row of account ${account.id}`, 'none');
  for (const [id, is] of book.pending) check(is.seen, row, `a pending row of transfer ${id}`, 'none');
  const sums = new Map();
  for (const { ledger, dp, d, cp, c } of book.accounts.values()) {
    const sum = sums.get(ledger) ?? { posted: 0n, pending: 0n };
    sums.set(ledger, { posted: sum.posted + d - c, pending: sum.pending + dp - cp });
  }
  for (const [ledger, { posted, pending }] of sums) {
    check(
      posted === 0n && pending === 0n,
      row,
      `debits equal credits in ledger ${ledger}`,
      `a difference of ${posted}`,
    );
  }
  books += 1;
  book = undefined;
}

try {
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line += 1;
    if (text === '') continue;
    let row;
    try {
      row = JSON.parse(text);
    } catch {
      throw new Wrong(`line ${line}: expected a JSON object, found ${text.slice(0, 60)}`);
    }
    take(row);
  }
  if (format === undefined) throw new Wrong('expected an export, found an empty file');
  if (book !== undefined) throw new Wrong(`expected the end of book ${book.number}, found the end of the file`);
  console.log(`right: ${events} events in ${books} books`);
} catch (error) {
  console.error(error instanceof Wrong ? `wrong: ${error.message}` : String(error));
  process.exitCode = 1;
}
