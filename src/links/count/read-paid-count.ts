import type { Sql } from '../../db/connect.ts';
import { sumPayments } from './paid-store.ts';

/** How many payments that named this link have succeeded, ever, as they were counted: some seconds late, never one too many. */
export async function readPaidCount(sql: Sql, book: number, linkId: string): Promise<number> {
  return await sumPayments(sql, book, linkId);
}
