import { Refusal } from '../base/refusal.ts';

/** Numbering plan of mainland China: mobile numbers have 11 digits, the first 1, the second 3 to 9. */
const MOBILE = /^1[3-9]\d{9}$/;

/** The eleven digits of a mobile number of mainland China, however it was typed: `+86 138-0013-8000`. @throws Refusal invalid_request */
export function readPhone(text: unknown): string {
  const digits =
    typeof text === 'string' && text.length <= 24 ? text.replace(/[ -]/g, '').replace(/^(\+|00)?86/, '') : '';
  if (!MOBILE.test(digits))
    throw new Refusal('invalid_request', 'a mobile number of mainland China has 11 digits', { param: 'phone' });
  return digits;
}
