import type { Sql, Tx } from '../db/connect.ts';
import type { LinkHost, ProofFile } from './link.ts';

/** A host with how its proof was looked for. */
export interface HostRow extends LinkHost {
  /** When the proof was last seen. */
  seenAt: Date | null;
  /** Looks in a row that did not find it. */
  missedLooks: number;
  droppedAt: Date | null;
}

export async function insertHost(tx: Tx, host: LinkHost, by: string): Promise<void> {
  await tx`
    insert into link_hosts (book, id, merchant_id, host, uses, proof_token, created_at, created_by, leased_until)
    values (${host.book}, ${host.id}, ${host.merchantId}, ${host.host}, ${[...host.uses]}, ${host.proofToken},
      ${host.createdAt}, ${by}, ${host.createdAt})`;
}

/** What a look has found; a host that is proved is looked at again. */
export async function updateProof(
  tx: Tx,
  host: Pick<HostRow, 'book' | 'id' | 'provedAt' | 'seenAt' | 'missedLooks'>,
  dueAt: Date | null,
): Promise<void> {
  await tx`
    update link_hosts
    set proved_at = ${host.provedAt},
      seen_at = ${host.seenAt},
      missed_looks = ${host.missedLooks},
      due_at = ${dueAt}
    where book = ${host.book}
      and id = ${host.id}`;
}

/** Where it does not stay proved, nobody looks for the proof until its merchant asks. */
export async function updateUses(
  tx: Tx,
  host: Pick<LinkHost, 'book' | 'id'>,
  uses: LinkHost['uses'],
  staysProved: boolean,
): Promise<void> {
  await tx`
    update link_hosts
    set uses = ${[...uses]},
      proved_at = case when ${staysProved} then proved_at end,
      due_at = case when ${staysProved} then due_at end
    where book = ${host.book}
      and id = ${host.id}`;
}

/** The host has these files and no others; one that is the same stays with who put it there. */
export async function replaceFiles(
  tx: Tx,
  { book, id }: Pick<LinkHost, 'book' | 'id'>,
  files: readonly ProofFile[],
  { at, by }: { at: Date; by: string },
): Promise<void> {
  const names = files.map(({ name }) => name);
  await tx`
    delete from link_host_files
    where book = ${book}
      and host_id = ${id}
      and name <> all (${names}::text[])`;
  await tx`
    insert into link_host_files as f (book, host_id, name, content, created_at, created_by)
    select ${book}, ${id}, name, content, ${at}, ${by}
    from unnest(${names}::text[], ${files.map(({ content }) => content)}::text[]) as given (name, content)
    order by name
    on conflict (book, host_id, name) do update
    set content = excluded.content,
      created_at = excluded.created_at,
      created_by = excluded.created_by
    where f.content <> excluded.content`;
}

export async function dropHost(tx: Tx, book: number, id: string, at: Date, by: string): Promise<void> {
  await tx`
    update link_hosts
    set dropped_at = ${at},
      dropped_by = ${by},
      proved_at = null,
      due_at = null
    where book = ${book}
      and id = ${id}`;
}

export async function findHost(sql: Sql | Tx, book: number, id: string): Promise<HostRow | null> {
  const rows = await sql<HostRow[]>`
    ${selectHosts(sql)}
    where book = ${book}
      and id = ${id}`;
  return rows[0] ?? null;
}

/** Those that are not dropped, oldest first. */
export async function listHostsOf(sql: Sql | Tx, book: number, merchantIds: readonly string[]): Promise<HostRow[]> {
  return await sql<HostRow[]>`
    ${selectHosts(sql)}
    where book = ${book}
      and merchant_id = any (${merchantIds as string[]}::text[])
      and dropped_at is null
    order by id`; // the driver does not change the list
}

/** Whose links are served under this host. */
export async function findServing(sql: Sql | Tx, book: number, host: string): Promise<HostRow | null> {
  const rows = await sql<HostRow[]>`
    ${selectHosts(sql)}
    where book = ${book}
      and host = ${host}
      and proved_at is not null
      and 'serve' = any (uses)`;
  return rows[0] ?? null;
}

/** Merchants under whose hosts links are served. */
export async function listServingMerchants(sql: Sql, book: number): Promise<string[]> {
  const rows = await sql<{ merchant_id: string }[]>`
    select distinct merchant_id
    from link_hosts
    where book = ${book}
      and proved_at is not null
      and 'serve' = any (uses)`;
  return rows.map((row) => row.merchant_id);
}

export interface DueHost {
  book: number;
  id: string;
  leaseNo: bigint;
}

/** Leases those whose proof is to be looked at again. */
export async function claimDueHosts(sql: Sql, now: Date, leasedUntil: Date, itemsMax: number): Promise<DueHost[]> {
  return await sql<DueHost[]>`
    update link_hosts
    set leased_until = ${leasedUntil},
      lease_no = lease_no + 1,
      tries_count = tries_count + 1
    where (book, id) in (
      select book, id
      from link_hosts
      where due_at <= ${now}
        and leased_until <= ${now}
      order by due_at
      limit ${itemsMax}
      for update skip locked
    )
    returning book, id, lease_no as "leaseNo"`;
}

/** Gives the lease back. False when somebody else has it by now. */
export async function endLease(tx: Tx, due: DueHost, now: Date): Promise<boolean> {
  const rows = await tx`
    update link_hosts
    set leased_until = ${now},
      tries_count = 0
    where book = ${due.book}
      and id = ${due.id}
      and lease_no = ${due.leaseNo}
    returning id`;
  return rows.length === 1;
}

function selectHosts(sql: Sql | Tx) {
  return sql`
    select book, id, merchant_id as "merchantId", host, uses, proof_token as "proofToken", proved_at as "provedAt",
      seen_at as "seenAt", missed_looks as "missedLooks", created_at as "createdAt", dropped_at as "droppedAt",
      coalesce((
        select jsonb_agg(jsonb_build_object('name', f.name, 'content', f.content) order by f.name)
        from link_host_files f
        where f.book = link_hosts.book
          and f.host_id = link_hosts.id
      ), '[]'::jsonb) as files
    from link_hosts`;
}
