/**
 * A line of somebody else's text as it may stand in ours: one line, no letters that nobody sees or that turn others around, at most `charsMax`
 * signs. Null where nothing is left.
 */
export function cleanLine(text: string | undefined | null, charsMax: number): string | null {
  if (text === undefined || text === null) return null;
  // A bounded piece is looked at: whitespace may go on for megabytes.
  const piece = text.slice(0, charsMax * PIECE_FACTOR);
  const line = /^[\x20-\x7e]*$/.test(piece) ? piece : piece.replace(UNSEEN, ' ');
  const trimmed = line.replace(/\s+/gu, ' ').trim();
  if (trimmed === '') return null;
  if (trimmed.length <= charsMax) return trimmed;
  const signs = Array.from(trimmed);
  return signs.length <= charsMax
    ? trimmed
    : `${signs
        .slice(0, charsMax - 1)
        .join('')
        .trimEnd()}…`;
}

const PIECE_FACTOR = 4;

/** Control, formatting and lone halves of letters; marks of joining inside words of pictures go with them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u3164\uffa0\u115f\u1160\u2800\ufffd]+/gu;
