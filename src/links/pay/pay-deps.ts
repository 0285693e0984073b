import type { Cashier } from '../../cashier/cashier.ts';
import type { LinksDeps } from '../links-deps.ts';

/** What paying by links works with. */
export type PayDeps = Pick<LinksDeps, 'sql' | 'clock' | 'random' | 'log' | 'book' | 'publicUrl'> & { cashier: Cashier };
