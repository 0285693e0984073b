/** The browser's clock, in milliseconds since 1970. Only for what is shown and counted down; the server decides what is too late. */
export function nowMs(): number {
  return Date.now();
}
