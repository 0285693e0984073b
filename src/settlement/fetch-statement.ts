import { assertNever } from '../base/assert.ts';
import { STATEMENT_FILE_BYTES_MAX } from '../base/limits.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import type { StatementReply } from '../wallets/statement.ts';
import { moveStatement, postpone } from './move-statement.ts';
import { BillRefused, readLines } from './read-lines.ts';
import { refuseStatement } from './refuse-statement.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement } from './statement.ts';
import { keepFile, sha256Of } from './statement-file.ts';
import { findStatementFile, findStatementFileBySha256, type StatementFile } from './statement-file-store.ts';
import { NO_SUMS } from './sums.ts';

/** First step: asks the wallet for the bill and keeps it as it came. Null: nothing more to do now. */
export async function fetchStatement(deps: SettlementDeps, statement: Statement): Promise<Statement | null> {
  const { sql } = deps.cashier.deps;
  const { wallet } = await openWalletOf(deps, statement);
  if (wallet.statement === null)
    return await moveStatement(deps, sql, statement, { state: 'asking', triesCount: 0, goOn: true });
  const reply = await askForBill(deps, statement);
  switch (reply.kind) {
    case 'file':
      return await takeFile(deps, statement, reply.file, 'fetched');
    case 'empty':
      return await takeNothing(deps, statement);
    case 'not_ready':
      return await postpone(deps, statement, statement.reason ?? 'the wallet does not have the bill yet');
    case 'failed':
    case 'unknown':
      return await postpone(deps, statement, reply.reason);
    default:
      return assertNever(reply);
  }
}

/** Nothing happened on that day. Not believed where the wallet had a bill before; what a person brought does not count. */
async function takeNothing(deps: SettlementDeps, statement: Statement): Promise<Statement | null> {
  const { sql, clock } = deps.cashier.deps;
  const before = statement.fileId === null ? null : await findStatementFile(sql, statement.book, statement.fileId);
  if (before?.origin === 'fetched') return await postpone(deps, statement, 'the wallet now says that there is no bill');
  return await moveStatement(deps, sql, statement, {
    state: 'read',
    reason: null,
    fileId: null,
    theirs: NO_SUMS,
    feesMilli: 0n,
    readAt: clock.now(),
    triesCount: 0,
    goOn: true,
  });
}

/** Keeps a file that came for the day, from the wallet or by hand. One that was refused before stays refused. */
export async function takeFile(
  deps: SettlementDeps,
  statement: Statement,
  bytes: Buffer,
  origin: StatementFile['origin'],
): Promise<Statement | null> {
  const { sql } = deps.cashier.deps;
  if (bytes.length > STATEMENT_FILE_BYTES_MAX)
    return await refuseStatement(deps, statement, `the file has more than ${STATEMENT_FILE_BYTES_MAX} bytes`);
  const known = await findKnown(deps, statement, bytes);
  if (known !== null && statement.state === 'refused' && statement.fileId === known.id)
    return await postpone(deps, statement, statement.reason ?? 'the same file was refused before');
  const next = { state: 'fetched', reason: null, triesCount: 0, goOn: true } as const; // the words of the union
  if (known !== null) return await moveStatement(deps, sql, statement, { ...next, fileId: known.id });
  return await sql.begin(async (tx) => {
    const file = await keepFile(deps.cashier.deps, tx, statement, bytes, origin);
    return await moveStatement(deps, tx, statement, { ...next, fileId: file.id });
  });
}

/** A closed day is asked for once more: the same bill changes nothing, another one is put before the operator. */
export async function recheckStatement(deps: SettlementDeps, statement: Statement): Promise<null> {
  const { sql } = deps.cashier.deps;
  const { wallet } = await openWalletOf(deps, statement);
  const reply = wallet.statement === null ? null : await askForBill(deps, statement);
  if (reply?.kind === 'file') await compareWithClosed(deps, statement, reply.file, 'fetched');
  else await moveStatement(deps, sql, statement, { dueAt: null, goOn: false });
  return null;
}

/** True when the file is what the closed day was settled by. Another one is kept beside it, with an alert. */
export async function compareWithClosed(
  deps: SettlementDeps,
  statement: Statement,
  bytes: Buffer,
  origin: StatementFile['origin'],
): Promise<boolean> {
  const { sql } = deps.cashier.deps;
  const done = { dueAt: null, goOn: false } as const; // nothing more is owed
  const settledBy = statement.fileId === null ? null : await findStatementFile(sql, statement.book, statement.fileId);
  const isSame = settledBy?.sha256 === sha256Of(bytes) || (await hasSameLines(deps, statement, bytes));
  const known = isSame ? null : await findKnown(deps, statement, bytes);
  if (isSame || known !== null) {
    await moveStatement(deps, sql, statement, done);
    return isSame; // a difference that was told once is not told again
  }
  await sql.begin(async (tx) => {
    await moveStatement(deps, tx, statement, done);
    const file = await keepFile(deps.cashier.deps, tx, statement, bytes, origin);
    const detail = `the bill of ${statement.day} is closed, and now it is another: ${file.id}, sha256 ${file.sha256}`;
    await raiseAlert(tx, deps.cashier.deps, statement, 'statement_changed', detail);
  });
  return false;
}

/** The same lines packed anew: archives carry the time at which they were made. */
async function hasSameLines(deps: SettlementDeps, statement: Statement, bytes: Buffer): Promise<boolean> {
  const { wallet, config } = await openWalletOf(deps, statement);
  if (wallet.statement === null || statement.linesDigest === null) return false;
  try {
    const { digest } = await readLines(wallet.statement.read(config, bytes), async () => {});
    return digest === statement.linesDigest;
  } catch (error) {
    if (error instanceof BillRefused) return false;
    throw error;
  }
}

async function findKnown(deps: SettlementDeps, statement: Statement, bytes: Buffer): Promise<StatementFile | null> {
  const { sql } = deps.cashier.deps;
  return await findStatementFileBySha256(sql, statement.book, statement.id, sha256Of(bytes));
}

async function askForBill(deps: SettlementDeps, statement: Statement): Promise<StatementReply> {
  const { wallet, config } = await openWalletOf(deps, statement);
  if (wallet.statement === null) throw new Error('assertion failed: the wallet has bills');
  return await wallet.statement.fetch(deps.cashier.deps, config, statement.day);
}

async function openWalletOf(deps: SettlementDeps, statement: Statement) {
  return await deps.cashier.openWallet(statement.book, statement.walletAccountId);
}
