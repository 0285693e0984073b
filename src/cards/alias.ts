import { CARD_ALIAS_CHARS_MAX } from '../base/limits.ts';

/**
 * What somebody calls a card: up to 20 letters that are shown as they are, wherever they are shown. Empty for none; null for too long, or for
 * signs that cannot be seen: line breaks and other control characters, marks that turn the direction of writing around.
 */
export function readAlias(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > 4 * CARD_ALIAS_CHARS_MAX) return null;
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return null;
  const alias = text.normalize('NFC').trim();
  return Array.from(alias).length <= CARD_ALIAS_CHARS_MAX ? alias : null;
}
