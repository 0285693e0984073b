import { LINK_PAYER_NAME_CHARS_MAX } from '../../base/link-limits.ts';

/**
 * What somebody calls themselves, as everybody with the link will read it: letters, digits and the like on one line, nothing that could be
 * taken for an address or for part of the page. Null for nothing, or for more than LINK_PAYER_NAME_CHARS_MAX characters.
 */
export function cleanName(text: string): string | null {
  const name = text
    .normalize('NFKC')
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .replace(/[^\p{L}\p{N}\p{Emoji_Presentation} ·-]/gu, '')
    .trim();
  const length = Array.from(name).length;
  return length >= 1 && length <= LINK_PAYER_NAME_CHARS_MAX ? name : null;
}
