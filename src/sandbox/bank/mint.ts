import type { Random } from '../../base/random.ts';
import type { CardShape } from './banks.ts';

/** A branch that no bank has, so that no number made here is anybody's. */
const NO_BRANCH = '0000';
/** The number of a province with no town behind it: nobody's papers begin so. */
const NO_TOWN = '110000';
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';

/** A card number of this shape with a right check digit. */
export function mintCardNumber(random: Random, shape: CardShape): string {
  const body = shape.prefix + NO_BRANCH;
  const number = body + randomDigits(random, shape.length - 1 - body.length);
  return number + luhnDigit(number);
}

/** The last digit that makes the number pass the Luhn check. */
export function luhnDigit(digits: string): string {
  let sum = 0;
  for (let at = digits.length - 1, doubled = true; at >= 0; at--, doubled = !doubled) {
    const digit = Number(digits[at]);
    sum += doubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return String((10 - (sum % 10)) % 10);
}

/** An ID number by GB 11643 with a right check digit; `birthDay` as `19900412`. */
export function mintIdNumber(random: Random, birthDay: string): string {
  const body = NO_TOWN + birthDay + randomDigits(random, 3);
  return body + idCheckDigit(body);
}

export function idCheckDigit(body: string): string {
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return ID_CHECKS[sum % 11] ?? '';
}

export function randomDigits(random: Random, count: number): string {
  let digits = '';
  // Bytes above 249 are thrown away, so that every digit is as likely as the others.
  while (digits.length < count) for (const byte of random.bytes(count)) if (byte < 250) digits += byte % 10;
  return digits.slice(0, count);
}
