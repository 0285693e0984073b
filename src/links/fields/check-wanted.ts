import { Refusal } from '../../base/refusal.ts';
import { checkContent } from '../check-content.ts';
import type { LinkHost } from '../link.ts';
import type { FieldFault } from './field-sheet.ts';
import { both } from './link-fields.ts';
import { refusedField } from './refused-field.ts';
import type { WantedLink } from './wanted-link.ts';

/** What the desk would refuse of one, told beforehand, so that all that is wrong with many is told at once. */
export function checkWanted(
  { link }: WantedLink,
  { hosts, isSandbox, now }: { hosts: readonly LinkHost[]; isSandbox: boolean; now: Date },
): FieldFault[] {
  const faults: FieldFault[] = [];
  const provedFor = (use: 'target' | 'serve'): Set<string> =>
    new Set(hosts.filter(({ uses, provedAt }) => provedAt !== null && uses.includes(use)).map(({ host }) => host));
  if (link.servedHost !== null && !provedFor('serve').has(link.servedHost))
    faults.push({
      field: 'host',
      text: both(
        `${link.servedHost} 不是这个商家已证明的短链接域名`,
        `${link.servedHost} is not proved as a host that serves links`,
      ),
    });
  try {
    // What the operator has blocked is refused when the link is made.
    const ground = {
      kind: link.kind,
      targets: provedFor('target'),
      isSandbox,
      now,
      isBlockedHost: () => false,
      path: '',
    };
    checkContent(link.content, ground);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { field, text } = refusedField(error);
    faults.push({ field: field ?? 'page', text });
  }
  return faults;
}
