import { formatMinor, money } from '../../money/money.ts';
import type { LinkContent } from '../link.ts';
import type { LinkTexts } from './field-sheet.ts';
import { CHANGED_FIELDS, type LinkField } from './link-fields.ts';

/** What a link says as people would write it: `readLinkChange` reads the same out of it. What it does not say is empty. */
export function writeLinkFields(content: LinkContent): LinkTexts {
  const { price, expiresAt } = content;
  return {
    title: content.title,
    page: content.page ?? '',
    description: content.description ?? '',
    price: price === null ? '' : formatMinor(money(price.currency, price.minor)),
    currency: price?.currency ?? 'CNY',
    image_url: content.imageUrl ?? '',
    availability: content.availability ?? '',
    app_path: content.appPath ?? '',
    direct: content.direct ? 'yes' : '',
    expires_at: expiresAt === null ? '' : endText(expiresAt),
  };
}

/** In Asia/Shanghai, with seconds only where it has some, as forms write it. */
function endText(instant: Date): string {
  const text = new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, -1);
  return text.replace(/(?::00)?\.000$/, '');
}

export interface MergedTexts {
  texts: LinkTexts;
  /** Changed by both, each otherwise: what this person wrote stands. */
  both: readonly LinkField[];
}

/** What somebody wrote over a version, on top of a later one: what they left as it was is as it is by now. */
export function mergeLinkTexts(base: LinkTexts, mine: LinkTexts, theirs: LinkTexts): MergedTexts {
  const texts: Partial<Record<LinkField, string>> = {};
  const both: LinkField[] = [];
  for (const field of CHANGED_FIELDS) {
    const written = mine[field];
    if (written === undefined) continue;
    const [was, is, wanted] = [base[field] ?? '', theirs[field] ?? '', written.trim()];
    texts[field] = wanted === was ? is : written;
    if (wanted !== was && is !== was && wanted !== is) both.push(field);
  }
  return { texts, both };
}

/** What one version says otherwise than the one before it, as people would write it. */
export function changedFields(
  before: LinkContent,
  after: LinkContent,
): { field: LinkField; before: string; after: string }[] {
  const [was, is] = [writeLinkFields(before), writeLinkFields(after)];
  return CHANGED_FIELDS.flatMap((field) => {
    const [old, now] = [was[field] ?? '', is[field] ?? ''];
    return old === now ? [] : [{ field, before: old, after: now }];
  });
}
