import type { Queries } from './payer-deps.ts';

export interface WalletKeyRow {
  /** 1, 2, …: messages name it `w1`, `w2`, … */
  no: number;
  privateKeySealed: string;
  publicKey: Buffer;
  signsFrom: Date;
}

/** Newest first. */
export async function listWalletKeys(sql: Queries, book: number): Promise<WalletKeyRow[]> {
  return await sql<WalletKeyRow[]>`
    select no, private_key_sealed as "privateKeySealed", public_key as "publicKey", signs_from as "signsFrom"
    from payer_wallet_keys
    where book = ${book}
    order by no desc`;
}

/** False where another process was first. */
export async function insertWalletKey(sql: Queries, book: number, key: WalletKeyRow, now: Date): Promise<boolean> {
  const rows = await sql`
    insert into payer_wallet_keys (book, no, private_key_sealed, public_key, signs_from, created_at)
    values (${book}, ${key.no}, ${key.privateKeySealed}, ${key.publicKey}, ${key.signsFrom}, ${now})
    on conflict do nothing
    returning no`;
  return rows.length === 1;
}
