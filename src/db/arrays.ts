import type { Driver } from './lane.ts';

/** pg_type: element type → array type. Built-in types have the same number in every PostgreSQL. */
const ARRAY_OF: Readonly<Record<number, number>> = {
  16: 1000, // bool
  17: 1001, // bytea
  20: 1016, // int8
  21: 1005, // int2
  23: 1007, // int4
  25: 1009, // text
  114: 199, // json
  700: 1021, // float4
  701: 1022, // float8
  1042: 1014, // bpchar
  1043: 1015, // varchar
  1082: 1182, // date
  1114: 1115, // timestamp
  1184: 1185, // timestamptz
  1700: 1231, // numeric
  2950: 2951, // uuid
  3802: 3807, // jsonb
};

/**
 * Teaches the driver to read and write arrays. It could ask the database itself at every connect, but when that
 * connection dies meanwhile, nobody hears of its failed question, and that ends the process.
 */
export function teachArrays({ options: { parsers, serializers } }: Driver): void {
  for (const [element, array] of Object.entries(ARRAY_OF)) {
    const read: unknown = parsers[Number(element)];
    const write: unknown = serializers[Number(element)];
    parsers[array] = (text: string) => readArray(text, isFunction(read) ? read : (word) => word);
    serializers[array] = (value: unknown) =>
      Array.isArray(value) ? writeArray(value, isFunction(write) ? write : String) : value;
  }
}

/** What `sql.array(list, elementType?)` gives: a parameter of the array's type; numbers and empty lists take it from the statement. */
export function arrayParameter(driver: Driver, list: readonly unknown[], elementType?: number): unknown {
  return driver.typed(list as never, ARRAY_OF[elementType ?? elementTypeOf(list[0])] ?? 0); // any value may be given a type
}

function elementTypeOf(value: unknown): number {
  if (typeof value === 'bigint') return 20;
  if (typeof value === 'boolean') return 16;
  if (typeof value === 'string') return 25;
  if (value instanceof Uint8Array) return 17;
  return value instanceof Date ? 1184 : 0;
}

function writeArray(list: readonly unknown[], write: Convert): string {
  const words = list.map((value) => {
    if (value === undefined) throw new Error('an array parameter has an undefined member');
    if (value === null) return 'null';
    if (Array.isArray(value)) return writeArray(value, write);
    return `"${String(write(value)).replace(/[\\"]/g, '\\$&')}"`;
  });
  return `{${words.join(',')}}`;
}

/** PostgreSQL manual 8.15.6: braces, commas, NULL bare, words quoted where needed, backslash before quote and backslash. */
function readArray(text: string, read: Convert): unknown[] {
  let at = text.indexOf('{');
  const word = (): unknown => {
    if (text[at] === '{') return list();
    if (text[at] !== '"') {
      const from = at;
      while (text[at] !== ',' && text[at] !== '}') at += 1;
      const bare = text.slice(from, at);
      return bare === 'NULL' ? null : read(bare);
    }
    let inside = '';
    for (at += 1; text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1;
      inside += text[at];
    }
    at += 1;
    return read(inside);
  };
  const list = (): unknown[] => {
    const members: unknown[] = [];
    at += 1;
    while (text[at] !== '}') {
      members.push(word());
      if (text[at] === ',') at += 1;
    }
    at += 1;
    return members;
  };
  return list();
}

type Convert = (value: unknown) => unknown;

function isFunction(value: unknown): value is Convert {
  return typeof value === 'function';
}
