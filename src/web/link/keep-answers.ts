import { gzipSync } from 'node:zlib';
import type { ReadyLink } from '../../links/link.ts';

/** A whole answer, ready to be sent as often as it is asked for. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  /** The same with `content-encoding: gzip`; null where there is nothing to pack. */
  packedHeaders: Record<string, string> | null;
  body: Buffer;
  packed: Buffer | null;
  /** What is counted, and whether anything is: a link that opens nothing is not opened. */
  isOpening: boolean;
}

const PACK_LEVEL = 9;
/** What an answer takes besides its bodies. */
const ENTRY_BYTES = 2048;

/** @param headers without the length */
export function toAnswer(
  status: number,
  headers: Record<string, string>,
  text: string,
  isOpening: boolean,
): KeptAnswer {
  const body = Buffer.from(text);
  const plain = { ...headers, 'content-length': String(body.length) };
  if (body.length === 0) return { status, headers: plain, packedHeaders: null, body, packed: null, isOpening };
  const packed = gzipSync(body, { level: PACK_LEVEL });
  const packedHeaders = { ...headers, 'content-encoding': 'gzip', 'content-length': String(packed.length) };
  return {
    status,
    headers: { ...plain, vary: 'accept-encoding' },
    packedHeaders: { ...packedHeaders, vary: 'accept-encoding' },
    body,
    packed,
    isOpening,
  };
}

interface Kept {
  ready: ReadyLink;
  answer: KeptAnswer;
}

/**
 * Answers by link and place, made once. A link that was changed is another object, so what was made of the old one is never sent again. Two
 * generations of bounded size: what is asked for stays.
 */
export function createAnswerKeeper(
  bytesMax: number,
): (ready: ReadyLink, place: string, make: () => KeptAnswer) => KeptAnswer {
  let young = new Map<string, Kept>();
  let old = new Map<string, Kept>();
  let youngBytes = 0;
  return (ready, place, make) => {
    const name = `${ready.link.id}${place}`;
    const known = young.get(name);
    if (known !== undefined && known.ready === ready) return known.answer;
    const older = old.get(name);
    const answer = older !== undefined && older.ready === ready ? older.answer : make();
    const bytes = answer.body.length + (answer.packed?.length ?? 0) + ENTRY_BYTES;
    if (youngBytes + bytes > bytesMax / 2) {
      old = young;
      young = new Map();
      youngBytes = 0;
    }
    young.set(name, { ready, answer });
    youngBytes += bytes;
    return answer;
  };
}
