import { TRANSFER_NOTE_CHARS_MAX } from '../base/limits.ts';

/**
 * A note as it is kept: one line of bounded length. Null for what is too long, or has signs that nobody sees, such as marks that turn the
 * direction of writing around: the payee reads it beside an amount.
 */
export function readNote(text: string): string | null {
  const note = text.normalize('NFC').trim();
  return Array.from(note).length > TRANSFER_NOTE_CHARS_MAX || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(note)
    ? null
    : note;
}
