import { bookOfId, isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { countBreaks, listBreaks } from './break-store.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import { type ShownBreak, type ShownStatement, showBreak, showStatement } from './show-statement.ts';
import type { Statement } from './statement.ts';
import { findStatementFiles } from './statement-file-store.ts';
import { findStatement, listStatements } from './statement-store.ts';

/** Whose statements: of one merchant, or of all where whoever runs the server asks. */
export interface Reader {
  book: number;
  merchantId: string | null;
}

export interface PageOf<T> {
  data: T[];
  /** The last id of this page when there is more. */
  next: string | null;
}

export async function getStatement(deps: SettlementDeps, reader: Reader, id: string): Promise<ShownStatement> {
  const { sql } = deps.cashier.deps;
  return await showOne(sql, await requireStatement(sql, reader, id));
}

/** Newest first. */
export async function pageStatements(
  deps: SettlementDeps,
  reader: Reader,
  request: {
    walletAccountId: string | null;
    day: string | null;
    state: string | null;
    before: string | null;
    itemsMax: number;
  },
): Promise<PageOf<ShownStatement>> {
  const { sql } = deps.cashier.deps;
  const rows = await listStatements(sql, { ...request, ...reader, itemsMax: request.itemsMax + 1 });
  const shown = rows.slice(0, request.itemsMax);
  return {
    data: await showAll(sql, reader.book, shown),
    next: rows.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** Oldest first. @throws Refusal not_found */
export async function pageBreaks(
  deps: SettlementDeps,
  reader: Reader,
  request: { statementId: string; kind: string | null; state: string | null; after: string | null; itemsMax: number },
): Promise<PageOf<ShownBreak>> {
  const { sql } = deps.cashier.deps;
  const { book } = await requireStatement(sql, reader, request.statementId);
  const rows = await listBreaks(sql, { ...request, book, itemsMax: request.itemsMax + 1 });
  const shown = rows.slice(0, request.itemsMax);
  return { data: shown.map(showBreak), next: rows.length > shown.length ? (shown.at(-1)?.id ?? null) : null };
}

export async function showOne(sql: Sql | Tx, statement: Statement): Promise<ShownStatement> {
  const [shown] = await showAll(sql, statement.book, [statement]);
  if (shown === undefined) throw new Error('assertion failed: one statement is shown as one');
  return shown;
}

async function showAll(sql: Sql | Tx, book: number, statements: readonly Statement[]): Promise<ShownStatement[]> {
  const ids = statements.map(({ id }) => id);
  const fileIds = statements.flatMap(({ fileId }) => (fileId === null ? [] : [fileId]));
  const [counts, files] = await Promise.all([countBreaks(sql, book, ids), findStatementFiles(sql, book, fileIds)]);
  const fileOf = new Map<string, (typeof files)[number]>(files.map((file) => [file.id, file]));
  return statements.map((statement) => {
    const own = counts.filter(({ statementId }) => statementId === statement.id);
    return showStatement(statement, fileOf.get(statement.fileId ?? '') ?? null, own);
  });
}

async function requireStatement(sql: Sql, reader: Reader, id: string): Promise<Statement> {
  const found = isId('stm', id) ? await findStatement(sql, bookOfId(id), id) : null;
  if (found === null || (reader.merchantId !== null && found.merchantId !== reader.merchantId))
    throw new Refusal('not_found', 'there is no such statement');
  return found;
}
