/** Throws a plain Error when our own claim is false: a bug of ours, never the fault of input from outside. */
export function assert(claim: unknown, message: string): asserts claim {
  if (!claim) throw new Error(`assertion failed: ${message}`);
}

/** Marks the end of a switch over a closed set; a new member no longer compiles. */
export function assertNever(value: never): never {
  throw new Error(`assertion failed: unexpected ${String(value)}`);
}
