import type { LinkDesk } from '../links.ts';
import type { LinksDeps } from '../links-deps.ts';

/** What reports and brakes work with. */
export interface SafetyDeps extends Pick<LinksDeps, 'sql' | 'clock' | 'random' | 'log' | 'keyring' | 'book'> {
  /** Links are taken down through the desk, which keeps their history. */
  desk: Pick<LinkDesk, 'setState' | 'takeDownAll'>;
}
