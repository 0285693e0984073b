/** What a POST answers, as it is kept with its idempotency key: an HTTP status and the body's text. */
export interface Reply {
  status: number;
  body: string;
}

/** What came of a request with a key: the reply that was decided and kept, or the one kept from the first time. */
export interface KeyedResult {
  reply: Reply | null;
  replayed: boolean;
}

export function toReply(status: number, value: object): Reply {
  return { status, body: JSON.stringify(value) };
}
