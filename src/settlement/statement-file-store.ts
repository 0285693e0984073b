import type { Sql, Tx } from '../db/connect.ts';

/** A file as it came; a row of `statement_files`, its content sealed in parts. */
export interface StatementFile {
  book: number;
  id: `stf_${string}`;
  statementId: string;
  sha256: string;
  bytesCount: number;
  partsCount: number;
  origin: 'fetched' | 'imported';
  createdAt: Date;
}

export async function insertStatementFile(tx: Tx, row: StatementFile): Promise<void> {
  await tx`
    insert into statement_files (book, id, statement_id, sha256, bytes_count, parts_count, origin, created_at)
    values (${row.book}, ${row.id}, ${row.statementId}, ${row.sha256}, ${row.bytesCount}, ${row.partsCount},
      ${row.origin}, ${row.createdAt})`;
}

export async function insertStatementFilePart(
  tx: Tx,
  part: { book: number; fileId: string; partNo: number; sealed: string },
): Promise<void> {
  await tx`
    insert into statement_file_parts (book, file_id, part_no, sealed)
    values (${part.book}, ${part.fileId}, ${part.partNo}, ${part.sealed})`;
}

/** The file with these very bytes that has come for the day before. */
export async function findStatementFileBySha256(
  sql: Sql | Tx,
  book: number,
  statementId: string,
  sha256: string,
): Promise<StatementFile | null> {
  const rows = await sql<Columns[]>`
    select book, id, statement_id, sha256, bytes_count, parts_count, origin, created_at
    from statement_files
    where book = ${book}
      and statement_id = ${statementId}
      and sha256 = ${sha256}`;
  return rows[0] === undefined ? null : toFile(rows[0]);
}

export async function findStatementFile(sql: Sql | Tx, book: number, id: string): Promise<StatementFile | null> {
  return (await findStatementFiles(sql, book, [id]))[0] ?? null;
}

export async function findStatementFiles(
  sql: Sql | Tx,
  book: number,
  ids: readonly string[],
): Promise<StatementFile[]> {
  const rows = await sql<Columns[]>`
    select book, id, statement_id, sha256, bytes_count, parts_count, origin, created_at
    from statement_files
    where book = ${book}
      and id = any(${[...ids]}::text[])`;
  return rows.map(toFile);
}

export async function findStatementFilePart(
  sql: Sql | Tx,
  book: number,
  fileId: string,
  partNo: number,
): Promise<string | null> {
  const rows = await sql<{ sealed: string }[]>`
    select sealed
    from statement_file_parts
    where book = ${book}
      and file_id = ${fileId}
      and part_no = ${partNo}`;
  return rows[0]?.sealed ?? null;
}

interface Columns {
  book: number;
  id: StatementFile['id'];
  statement_id: string;
  sha256: string;
  bytes_count: bigint;
  parts_count: number;
  origin: StatementFile['origin'];
  created_at: Date;
}

function toFile(row: Columns): StatementFile {
  return {
    book: row.book,
    id: row.id,
    statementId: row.statement_id,
    sha256: row.sha256,
    bytesCount: Number(row.bytes_count),
    partsCount: row.parts_count,
    origin: row.origin,
    createdAt: row.created_at,
  };
}
