import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { INSTITUTIONS } from './institutions.ts';
import { deleteRoute, listRoutes, type RouteRow, upsertRoute } from './rail-store.ts';

/** Where a bank's cards are reached, with who says so. */
export interface BankRoute {
  bank: string;
  /** Null: the operator says that this bank takes no part. */
  institution: string | null;
  /** What the table in the code says; null for a bank that it does not have. */
  builtIn: string | null;
  /** An operator's row stands before the table. */
  isOwn: boolean;
}

/** The table in the code with the operator's rows before it, by bank. */
export async function readBankRoutes(sql: Sql): Promise<BankRoute[]> {
  const own = new Map((await listRoutes(sql)).map(({ bank, institution }) => [bank, institution]));
  const banks = [...new Set([...Object.keys(INSTITUTIONS), ...own.keys()])].sort();
  return banks.map((bank) => {
    const builtIn = INSTITUTIONS[bank] ?? null;
    return { bank, institution: own.has(bank) ? (own.get(bank) ?? null) : builtIn, builtIn, isOwn: own.has(bank) };
  });
}

/** An operator's word on where a bank is reached; counts on every node within a minute. @throws Refusal `invalid_request` */
export async function setBankRoute(deps: { sql: Sql; clock: Clock }, route: RouteRow): Promise<void> {
  if (!/^[A-Z0-9]{2,12}$/.test(route.bank)) throw invalid('bank', 'a bank code has 2 to 12 capital letters or digits');
  if (route.institution !== null && !/^[0-9]{8,11}$/.test(route.institution))
    throw invalid('institution', 'an institution has 8 to 11 digits');
  await upsertRoute(deps.sql, route, deps.clock.now());
}

/** Back to what the table in the code says. False where the operator had said nothing. */
export async function resetBankRoute(sql: Sql, bank: string): Promise<boolean> {
  return await deleteRoute(sql, bank);
}

function invalid(param: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param });
}
