import type { Reply } from './call.ts';

export type HandedPayee = Extract<Reply<'POST /api/scans'>, { kind: 'person' }>;

let handed: HandedPayee | null = null;

/** A scanned person on the way to the transfer page: names and cards do not travel in addresses. */
export function handPayee(payee: HandedPayee): void {
  handed = payee;
}

/** Taken once. */
export function takePayee(): HandedPayee | null {
  const taken = handed;
  handed = null;
  return taken;
}
