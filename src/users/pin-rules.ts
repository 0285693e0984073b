import { Refusal } from '../base/refusal.ts';

/** What makes a PIN easy to guess; told to whoever chose it. */
export type PinWeakness = 'run' | 'repeat' | 'common' | 'birth_date' | 'phone';

/** Most used six-digit codes that are neither runs nor repeats: years and dates with a meaning, patterns on the keys, sounds of wishes. */
const COMMON = new Set(
  (
    '520520 521521 201314 131420 520131 147258 258369 159357 147852 963852 159753 112233 ' +
    '332211 123321 456654 789987 100200 110110 888666 666888 168168 518518 159951 102030'
  ).split(' '),
);

export function readPin(text: unknown, param: string): string {
  if (typeof text !== 'string' || !/^\d{6}$/.test(text))
    throw new Refusal('invalid_request', 'a payment PIN has six digits', { param });
  return text;
}

/** Null when it is not easy to guess. The ID number is null for whoever has not given one yet. */
export function pinWeakness(pin: string, person: { phone: string; idNumber: string | null }): PinWeakness | null {
  if (isRun(pin)) return 'run';
  if (isRepeat(pin)) return 'repeat';
  if (COMMON.has(pin)) return 'common';
  if (person.idNumber !== null && birthDates(person.idNumber).includes(pin)) return 'birth_date';
  // The first six and the last six digits, which anybody with the number knows.
  if (person.phone.endsWith(pin) || person.phone.startsWith(pin)) return 'phone';
  return null;
}

/** Up or down by one each time, 0 after 9 as well: 123456, 876543, 789012. */
function isRun(pin: string): boolean {
  const steps = Array.from(pin.slice(1)).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10);
  return steps.every((step) => step === 1) || steps.every((step) => step === 9);
}

/** One, two or three digits again and again: 111111, 121212, 123123; or two thirds of it one digit in a row: 111124. */
function isRepeat(pin: string): boolean {
  return /^(\d)\1{5}$|^(\d\d)\2\2$|^(\d{3})\3$/.test(pin) || /(\d)\1{3}/.test(pin);
}

/** GB 11643: digits 7 to 14 of an ID number are the birth date. Every six-digit way to write it. */
function birthDates(idNumber: string): string[] {
  const [, year = '', month = '', day = ''] = /^\d{6}(\d{4})(\d\d)(\d\d)/.exec(idNumber) ?? [];
  if (year === '') return [];
  const short = year.slice(2);
  return [short + month + day, day + month + short, month + day + short, year + month, month + year, year + day];
}
