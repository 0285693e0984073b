import postgres from 'postgres';
import type { BulkAttempt } from '../src/settlement/test-bulk.ts';

/** Reconciles so many lines, one after the other; answers lines a second. */
export type NaiveReconcile = (lines: readonly BulkAttempt[]) => Promise<number>;

/**
 * What one writes first: for each line of the bill a look for our order and one for its ledger transfer, a row that says
 * what came of it, and then for each order of ours a look for its row; the plain driver, one statement after the other.
 */
export async function openNaiveReconcile(url: string, closing: (() => Promise<void>)[]): Promise<NaiveReconcile> {
  const sql = postgres(url, { max: 1, types: { bigint: postgres.BigInt }, onnotice: () => {} });
  closing.push(() => sql.end());
  await sql`create table naive_results (order_no text primary key, amount_minor bigint not null, result text not null)`;
  return async (lines) => {
    await sql`truncate naive_results`;
    const startedMs = performance.now();
    for (const line of lines) {
      const [attempt] = await sql`
        select id, outcome, amount_minor, wallet_account_id from attempts where book = 1 and id = ${line.id}`;
      const [transfer] = await sql`
        select amount from ledger_transfers where book = 1 and id = ${transferId(line)}`;
      const agrees =
        attempt?.['outcome'] === 'succeeded' &&
        attempt['amount_minor'] === line.amountMinor &&
        transfer?.['amount'] === line.amountMinor;
      await sql`
        insert into naive_results (order_no, amount_minor, result)
        values (${line.orderNo}, ${line.amountMinor}, ${agrees ? 'matched' : 'differs'})`;
    }
    for (const line of lines) {
      const [told] = await sql`select result from naive_results where order_no = ${line.orderNo}`;
      if (told?.['result'] !== 'matched') throw new Error(`${line.orderNo} should agree`);
    }
    return lines.length / ((performance.now() - startedMs) / 1000);
  };
}

function transferId({ ledgerId }: BulkAttempt): string {
  return ledgerId.toString(16).padStart(32, '0');
}
