/** GB 11643-1999: weights of the first 17 digits and what stands last for each remainder of 11. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const LAST = '10X98765432';

/** GB/T 2260, the first two digits: provinces, and 83 for residents from Taiwan. */
const PROVINCE = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;

/**
 * The 18 characters of a citizen's ID number with a capital X; null for whatever is none: wrong check character, no such day of birth,
 * a day that is still to come, no such province, or one of the 15 digits used before 1999.
 */
export function readIdNumber(text: unknown, today: string): string | null {
  if (typeof text !== 'string' || text.length > 40) return null;
  const number = text.trim().toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number) || !PROVINCE.test(number)) return null;
  const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  if (born < '1850-01-01' || born > today || !isDayOfCalendar(born)) return null;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * (number.charCodeAt(at) - 48), 0);
  return LAST[sum % 11] === number[17] ? number : null;
}

function isDayOfCalendar(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}
