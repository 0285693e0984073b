import { idHex } from './chain.ts';

/*
 * Lists travel as one PostgreSQL array literal per column, made by hand: ids, numbers and hashes need no quoting, and
 * one text parameter is cheaper than a thousand.
 */

/** An array literal; the values are numbers, booleans, hexadecimal or our own words, none of which needs quoting. */
export function list(values: readonly (string | number | bigint | boolean | null)[]): string {
  return `{${values.map((value) => value ?? 'null').join(',')}}`;
}

export function idList(ids: readonly bigint[]): string {
  return `{${ids.map(idHex).join(',')}}`;
}

export function idOrNull(id: bigint): string {
  return id === 0n ? 'null' : idHex(id);
}
