import { PAYMENT_CODE_CHARS_MAX } from '../base/limits.ts';

/** How one wallet's payment codes look; the pattern matches the whole code. */
export interface PaymentCodePattern<Name extends string> {
  name: Name;
  pattern: RegExp;
}

export type PaymentCodeReading<Name extends string> =
  /** `wallets` are in the order of the rules: the caller asks the first that the shop has. Never empty. */
  | { kind: 'code'; code: string; wallets: Name[] }
  | { kind: 'refused'; reason: 'empty' | 'too_long' | 'not_digits' | 'not_a_payment_code' };

/**
 * Reads what a shop's scanner or till sends for a buyer's payment code (付款码). Blanks and line ends, which scanners add
 * and people type, are dropped; any other character is refused, since a code with something added is not that code. One
 * code may fit several wallets: 62… is shown by every app of UnionPay's network.
 */
export function readPaymentCode<Name extends string>(
  text: string,
  rules: readonly PaymentCodePattern<Name>[],
): PaymentCodeReading<Name> {
  if (text.length > PAYMENT_CODE_CHARS_MAX) return { kind: 'refused', reason: 'too_long' };
  const code = text.replace(/[ \t\r\n]/g, '');
  if (code === '') return { kind: 'refused', reason: 'empty' };
  if (!/^[0-9]+$/.test(code)) return { kind: 'refused', reason: 'not_digits' };
  const wallets = rules.filter(({ pattern }) => matchesWhole(pattern, code)).map(({ name }) => name);
  return wallets.length === 0 ? { kind: 'refused', reason: 'not_a_payment_code' } : { kind: 'code', code, wallets };
}

/** A rule that forgot its anchors still has to match the whole code. */
function matchesWhole(pattern: RegExp, code: string): boolean {
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, '')).test(code);
}
