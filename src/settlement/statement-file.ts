import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { STATEMENT_FILE_PART_BYTES } from '../base/limits.ts';
import { newId } from '../base/id.ts';
import type { CashierDeps } from '../cashier/deps.ts';
import type { Tx } from '../db/connect.ts';
import type { Statement } from './statement.ts';
import {
  findStatementFile,
  findStatementFilePart,
  insertStatementFile,
  insertStatementFilePart,
  type StatementFile,
} from './statement-file-store.ts';

export function sha256Of(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex');
}

/** Keeps a file as it came, compressed and sealed, within the caller's transaction. */
export async function keepFile(
  deps: CashierDeps,
  tx: Tx,
  statement: Statement,
  bytes: Buffer,
  origin: StatementFile['origin'],
): Promise<StatementFile> {
  const file: StatementFile = {
    book: statement.book,
    id: newId('stf', deps, statement.book),
    statementId: statement.id,
    sha256: sha256Of(bytes),
    bytesCount: bytes.length,
    partsCount: Math.max(1, Math.ceil(bytes.length / STATEMENT_FILE_PART_BYTES)),
    origin,
    createdAt: deps.clock.now(),
  };
  await insertStatementFile(tx, file);
  for (let partNo = 1; partNo <= file.partsCount; partNo++) {
    const part = bytes.subarray((partNo - 1) * STATEMENT_FILE_PART_BYTES, partNo * STATEMENT_FILE_PART_BYTES);
    const sealed = deps.keyring.seal(deflateRawSync(part).toString('base64'), aboutPart(file, partNo));
    await insertStatementFilePart(tx, { book: file.book, fileId: file.id, partNo, sealed });
  }
  return file;
}

/** The bytes of a kept file, as they came. @throws an Error when they were altered in the database. */
export async function openFile(deps: CashierDeps, book: number, fileId: string): Promise<Buffer> {
  const file = await findStatementFile(deps.sql, book, fileId);
  if (file === null) throw new Error(`assertion failed: ${fileId} is kept`);
  const bytes = Buffer.alloc(file.bytesCount);
  let at = 0;
  for (let partNo = 1; partNo <= file.partsCount; partNo++) {
    const sealed = await findStatementFilePart(deps.sql, book, fileId, partNo);
    if (sealed === null) throw new Error(`assertion failed: ${fileId} has its part ${partNo}`);
    const part = inflateRawSync(Buffer.from(deps.keyring.open(sealed, aboutPart(file, partNo)), 'base64'), {
      maxOutputLength: STATEMENT_FILE_PART_BYTES,
    });
    at += part.copy(bytes, at);
  }
  if (sha256Of(bytes) !== file.sha256) throw new Error(`${fileId} is not as it was kept`);
  return bytes;
}

function aboutPart(file: Pick<StatementFile, 'id'>, partNo: number): string {
  return `statement_files ${file.id} part ${partNo}`;
}
