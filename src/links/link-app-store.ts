import type { Sql, Tx } from '../db/connect.ts';
import type { LinkApp, LinkAppSettings } from './link.ts';

export async function insertApp(tx: Tx, app: LinkApp, secretSealed: string | null, by: string): Promise<void> {
  await tx`
    insert into link_apps (book, id, merchant_id, kind, name, settings, secret_sealed, created_at, created_by, updated_at)
    values (${app.book}, ${app.id}, ${app.merchantId}, ${app.settings.kind}, ${app.name},
      ${JSON.stringify(app.settings)}::text::jsonb, ${secretSealed}, ${app.createdAt}, ${by}, ${app.createdAt})`;
}

/** The secret stays where none is given. */
export async function updateApp(tx: Tx, app: LinkApp, secretSealed: string | null, at: Date): Promise<void> {
  await tx`
    update link_apps
    set name = ${app.name},
      settings = ${JSON.stringify(app.settings)}::text::jsonb,
      secret_sealed = coalesce(${secretSealed}::text, secret_sealed),
      updated_at = ${at}
    where book = ${app.book}
      and id = ${app.id}`;
}

/** Its secret is forgotten. */
export async function dropApp(tx: Tx, book: number, id: string, at: Date, by: string): Promise<void> {
  await tx`
    update link_apps
    set dropped_at = ${at},
      dropped_by = ${by},
      secret_sealed = null
    where book = ${book}
      and id = ${id}`;
}

/** Null for one that is dropped, too. */
export async function findApp(sql: Sql | Tx, book: number, id: string): Promise<LinkApp | null> {
  const rows = await sql<LinkApp[]>`
    select book, id, merchant_id as "merchantId", name, settings, created_at as "createdAt"
    from link_apps
    where book = ${book}
      and id = ${id}
      and dropped_at is null`;
  return rows[0] ?? null;
}

/** Those that are not dropped, oldest first. */
export async function listAppsOf(sql: Sql | Tx, book: number, merchantIds: readonly string[]): Promise<LinkApp[]> {
  return await sql<(LinkApp & { settings: LinkAppSettings })[]>`
    select book, id, merchant_id as "merchantId", name, settings, created_at as "createdAt"
    from link_apps
    where book = ${book}
      and merchant_id = any (${merchantIds as string[]}::text[])
      and dropped_at is null
    order by id`; // the driver does not change the list
}

export async function findSecret(sql: Sql, book: number, id: string): Promise<string | null> {
  const [row] = await sql<{ secret: string | null }[]>`
    select secret_sealed as secret
    from link_apps
    where book = ${book}
      and id = ${id}`;
  return row?.secret ?? null;
}
