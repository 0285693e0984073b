/** Reading of members as the protocol has them; null is "not so". Written for the simulator alone. */

const ADDRESS_CHARS_MAX = 512;
const FEN_MAX = 999_999_999_999n;

export function readFen(input: unknown): bigint | null {
  if (typeof input !== 'object' || input === null) return null;
  const { currency, minor, ...more } = input as Record<string, unknown>; // looked at member by member
  if (currency !== 'CNY' || typeof minor !== 'string' || Object.keys(more).length > 0) return null;
  if (!/^[1-9]\d{0,11}$/.test(minor)) return null;
  const fen = BigInt(minor);
  return fen <= FEN_MAX ? fen : null;
}

export function readNo(input: unknown): string | null {
  return typeof input === 'string' && /^[0-9A-Za-z]{8,32}$/.test(input) ? input : null;
}

export function readInstant(input: unknown): Date | null {
  if (typeof input !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/.test(input)) return null;
  const at = new Date(input);
  return Number.isNaN(at.getTime()) ? null : at;
}

export function readAddress(input: unknown): string | null {
  if (typeof input !== 'string' || input.length > ADDRESS_CHARS_MAX || !URL.canParse(input)) return null;
  return /^https?:$/.test(new URL(input).protocol) ? input : null;
}

/** Undefined is "not so", null is a null. */
export function readOptional(input: unknown, charsMax: number): string | null | undefined {
  if (input === null) return null;
  const isText = typeof input === 'string' && input !== '' && input.length <= charsMax && !/\p{Cc}/u.test(input);
  return isText ? input : undefined;
}

/** Whether every member is one of these. */
export function hasOnly(members: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return Object.keys(members).every((name) => names.includes(name));
}
