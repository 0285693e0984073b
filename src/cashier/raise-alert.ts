import type { Sql, Tx } from '../db/connect.ts';
import { insertAlerts } from './alert-store.ts';
import { alert } from './effects.ts';
import type { CashierDeps } from './deps.ts';
import type { AlertKind } from './payment.ts';

/** Puts something before the operator, within the caller's transaction where `sql` is one. */
export async function raiseAlert(
  sql: Sql | Tx,
  deps: Pick<CashierDeps, 'clock' | 'random' | 'log'>,
  about: { book: number; id: string },
  kind: AlertKind,
  detail: string,
): Promise<void> {
  deps.log.warn({ subjectId: about.id, kind }, detail);
  await insertAlerts(sql, [alert(deps, about, kind, detail)]);
}
