import { assert } from '../../base/assert.ts';
import type { Tx } from '../../db/connect.ts';
import type { Link } from '../link.ts';
import { type Plan, toTerms } from './read-terms.ts';
import { insertTerms } from './terms-store.ts';

/** How new links are paid, into the transaction that makes them: `plans` in the links' order, null for those that ask for nothing. */
export async function writeTerms(tx: Tx, links: readonly Link[], plans: readonly (Plan | null)[]): Promise<void> {
  assert(links.length === plans.length, 'a plan for every link');
  const terms = links.flatMap((link, at) => {
    const plan = plans[at] ?? null;
    return plan === null ? [] : [toTerms(link, plan)];
  });
  if (terms.length > 0) await insertTerms(tx, terms);
}
