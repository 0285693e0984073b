import type { AppDeps } from './app-deps.ts';
import type { AllRows } from './row.ts';
import { cardRows } from './rows/cards.ts';
import { collectRows } from './rows/collecting.ts';
import { payingRows } from './rows/paying.ts';
import { securityRows } from './rows/security.ts';
import { signInRows } from './rows/sign-in.ts';
import { transferRows } from './rows/transfers.ts';

/** Every route of `Api`; a missing one does not compile. */
export function allRows(deps: AppDeps): AllRows {
  return {
    ...signInRows(deps),
    ...securityRows(deps),
    ...cardRows(deps),
    ...transferRows(deps),
    ...payingRows(deps),
    ...collectRows(deps),
  };
}
