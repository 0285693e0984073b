/** What a POST answers, as it is kept with its idempotency key: an HTTP status and the body's text. */
export interface Reply {
  status: number;
  body: string;
}

export function toReply(status: number, value: object): Reply {
  return { status, body: JSON.stringify(value) };
}
