/** One call to the outside. Built by net/, handed to connectors and the webhook sender, replaced in simulations. */
export interface OutboundRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: string | Buffer;
  /** Whole call, connect to last byte. No call goes out without one. */
  timeoutMs: number;
  /** A longer reply is cut off and counts as no answer. */
  replyBytesMax: number;
}

/**
 * `reply`: a whole HTTP reply came back, whatever its status. `not_sent`: surely nothing reached the other side (name not
 * found, connection refused). `no_answer`: it may have been received; the outcome is unknown.
 */
export type OutboundReply =
  | { kind: 'reply'; status: number; headers: Record<string, string>; body: Buffer }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'no_answer'; reason: string };

/** Never throws for anything that the other side or the network does. Never follows a redirect. */
export type Send = (request: OutboundRequest) => Promise<OutboundReply>;
