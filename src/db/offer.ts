import type postgres from 'postgres';
import { arrayParameter } from './arrays.ts';
import { isQuery, type Driver, type Query } from './lane.ts';

/** Parts of the driver that open connections behind our back. */
const NOT_OFFERED = [
  'begin',
  'reserve',
  'end',
  'close',
  'listen',
  'notify',
  'subscribe',
  'largeObject',
  'file',
  'savepoint',
  'prepare',
];

/** Either of the driver's two types, as the members make it. */
export type Offered = Driver & postgres.TransactionSql<{ bigint: bigint }>;

/**
 * Something that looks like the driver's `sql`, whose queries go to `send` when they are waited for. Fragments, lists,
 * arrays and `unsafe` work as the driver documents them; the members are added or refused by name.
 */
export function offer(driver: Driver, send: (query: Query) => void, members: Record<string, unknown>): Offered {
  const claim = (value: unknown): unknown => {
    if (isQuery(value)) value.handler = send;
    return value;
  };
  // The driver's overloads (template, fragment, list) are all one function of any arguments.
  const make = driver as unknown as AnyFunction;
  const { unsafe, json, typed, types } = driver as unknown as Record<string, AnyFunction>; // none of them uses `this`
  const sql = (...args: unknown[]): unknown => claim(make(...args));
  return Object.assign(sql, refused, {
    unsafe: (...args: unknown[]) => claim(unsafe?.(...args)),
    array: (list: readonly unknown[], elementType?: number) => arrayParameter(driver, list, elementType),
    json,
    typed,
    types,
    options: driver.options,
    parameters: driver.parameters,
    PostgresError: driver.PostgresError,
    ...members,
  }) as unknown as Offered; // all members of either type are there, or refused by name
}

type AnyFunction = (...args: unknown[]) => unknown;

const refused = Object.fromEntries(
  NOT_OFFERED.map((name) => [
    name,
    () => {
      throw new Error(`sql.${name} is not offered here`);
    },
  ]),
);
