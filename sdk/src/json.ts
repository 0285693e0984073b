/** An amount: `{ currency: 'CNY', minor: 1234n }` is ¥12.34. On the wire `minor` is an integer in a string. */
export interface Money {
  currency: string;
  minor: bigint;
}

/** JSON with amounts as bigint. The shop's own metadata is left as it is, whatever it looks like. */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (key === 'metadata' ? value : toMoney(value)));
}

export function printJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}

function toMoney(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return value;
  if (!('currency' in value) || !('minor' in value)) return value;
  const { currency, minor } = value;
  const isMoney = typeof currency === 'string' && typeof minor === 'string' && /^-?\d{1,19}$/.test(minor);
  return isMoney ? { currency, minor: BigInt(minor) } : value;
}
