import type { IncomingMessage } from 'node:http';
import { BODY_BYTES_MAX } from '../../base/limits.ts';

/** The whole body, or null when it is longer than anything that this shop is ever sent. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
