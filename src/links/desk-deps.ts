import type { LookUpText } from '../net/dns-text.ts';
import type { KeptLinks } from './keep-links.ts';
import type { LinksDeps } from './links-deps.ts';

/** What the desk's use cases work with: whatever they change, `kept` is told. */
export interface DeskDeps extends LinksDeps {
  kept: KeptLinks;
  lookUpText: LookUpText;
}
