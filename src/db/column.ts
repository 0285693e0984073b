/**
 * A PostgreSQL array literal for `unnest(${column(…)}::bigint[])`: the driver guesses the type of a list from its first
 * member and gets lists of bigint, boolean and Date wrong. Lists of text need no help.
 */
export function column(values: readonly (bigint | number | boolean | Date | null)[]): string {
  return `{${values.map(toElement).join(',')}}`;
}

function toElement(value: bigint | number | boolean | Date | null): string {
  if (value === null) return 'NULL';
  return value instanceof Date ? value.toISOString() : String(value);
}
