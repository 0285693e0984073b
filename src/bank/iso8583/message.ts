import { inspect } from 'node:util';

/**
 * One message: its type and its fields, each value a string with a character per byte (so a GBK name is the string of its bytes).
 * It cannot print itself: only type, trace number and response code are ever shown.
 */
export class Message {
  /** Four digits: `0200`. */
  readonly type: string;
  /** By field number, 2 to 128; undefined where the bit is not set. */
  readonly values: (string | undefined)[];
  constructor(type: string, values: (string | undefined)[] = Array.from<string | undefined>({ length: 129 })) {
    this.type = type;
    this.values = values;
  }
  get(field: number): string | undefined {
    return this.values[field];
  }
  set(field: number, value: string): this {
    this.values[field] = value;
    return this;
  }
  /** The fields that are set, ascending. */
  fields(): number[] {
    return this.values.flatMap((value, field) => (value === undefined ? [] : [field]));
  }
  /** What may stand in a log. */
  facts(): { messageType: string; stan: string; code?: string } {
    const code = this.values[39];
    return { messageType: this.type, stan: this.values[11] ?? '', ...(code === undefined ? {} : { code }) };
  }
  toString(): string {
    return `${this.type} ${this.values[11] ?? '------'} ${this.values[39] ?? ''}`.trimEnd();
  }
  toJSON(): string {
    return this.toString();
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/** What a reply has in common with its request, and no other message: F7, F11, F32 and F33. */
export function keyOf(message: Message): string {
  const { values } = message;
  return `${values[7] ?? ''}.${values[11] ?? ''}.${values[32] ?? ''}.${values[33] ?? ''}`;
}
