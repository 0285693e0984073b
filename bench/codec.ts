import { isDeepStrictEqual } from 'node:util';
import Iso8583 from 'iso_8583';
import { assert } from '../src/base/assert.ts';
import { decodeBody, encodeBody } from '../src/bank/iso8583/codec.ts';
import { MacKey, macText } from '../src/bank/iso8583/mac.ts';
import { Message } from '../src/bank/iso8583/message.ts';
import {
  type BenchOptions,
  compare,
  describeMachine,
  type Machine,
  measure,
  type Measured,
  type Ratio,
  timeCalls,
} from './harness.ts';

const GOAL = 300_000;
const PEER = 'npm iso_8583 2.6.7';
const DECODE = 'decode, Hutong';
const DECODE_PEER = `decode, ${PEER}`;
const ENCODE = 'encode, Hutong';
const ENCODE_PEER = `encode, ${PEER}`;
const KEY = Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex');
/** Calls between two looks at the clock. */
const CALLS = 500;

/** A transfer as it goes to the switch; both cards belong to nobody. The name is ASCII, because the peer knows no GBK. */
const FIELDS: Record<number, string> = {
  2: '6212260200000001004',
  3: '460000',
  4: '000000012345',
  7: '1123093015',
  11: '000123',
  12: '093015',
  13: '1123',
  18: '6012',
  22: '012',
  25: '00',
  32: '01020000',
  33: '01020000',
  37: '093015000123',
  41: 'HUTONG01',
  42: 'HUTONG000000001',
  43: 'HUTONG'.padEnd(40),
  49: '156',
  53: '2600000000000000',
  60: '000000000800000000000000000000',
  102: '6212260200000001004',
  103: '6225881234567890',
  104: 'SI037011662258812345678900207LI SI XX0302TR',
  128: '2F829A73',
};

/** Where the peer's own formats differ from the dialect; without these it cannot read the message at all. */
const PEER_FORMATS = {
  53: { ContentType: 'n', Label: 'security', LenType: 'fixed', MaxLen: 16 },
  60: { ContentType: 'ans', Label: 'self-defined', LenType: 'lllvar', MaxLen: 100 },
  104: { ContentType: 'ans', Label: 'transfer', LenType: 'lllvar', MaxLen: 512 },
  128: { ContentType: 'an', Label: 'MAC', LenType: 'fixed', MaxLen: 8 },
} as const;

export interface CodecBench {
  machine: Machine;
  method: string[];
  measured: Measured[];
  ratios: Ratio[];
  goal: { name: string; value: number; goal: number; reached: boolean };
}

/** Messages of the bank rail a second of processor time: read, written, authenticated; beside the npm package of the same purpose. */
export async function benchCodec({ quick, say }: BenchOptions): Promise<CodecBench> {
  const message = new Message('0200');
  for (const [field, value] of Object.entries(FIELDS)) message.set(Number(field), value);
  const bytes = Buffer.from(encodeBody(message), 'latin1');
  const fields = { 0: '0200', ...FIELDS };
  const peer = new Iso8583(fields, PEER_FORMATS);
  const [retail, sm4] = [new MacKey('x9.19', KEY), new MacKey('sm4', KEY)];
  const readPeer = () => peer.getIsoJSON(bytes, { lenHeader: false });
  const writePeer = () => new Iso8583(fields, PEER_FORMATS).getRawMessage();
  checkAlike(message, bytes, readPeer(), writePeer());

  const secondsEach = quick ? 0.3 : 1;
  const cases = [
    timeCalls(DECODE, { seconds: secondsEach, calls: CALLS }, () => decodeBody(bytes)),
    timeCalls(DECODE_PEER, { seconds: secondsEach, calls: CALLS }, readPeer),
    timeCalls(ENCODE, { seconds: secondsEach, calls: CALLS }, () => encodeBody(message)),
    timeCalls(ENCODE_PEER, { seconds: secondsEach, calls: CALLS }, writePeer),
    timeCalls('MAC, ANSI X9.19', { seconds: secondsEach, calls: CALLS }, () =>
      retail.macLetters(macText(message, true)),
    ),
    timeCalls('MAC, SM4', { seconds: secondsEach, calls: CALLS }, () => sm4.macLetters(macText(message, true))),
    timeCalls('read, check its MAC, write, Hutong', { seconds: secondsEach, calls: CALLS }, () => {
      const read = decodeBody(bytes);
      retail.agrees(macText(read, true), read.get(128) ?? '');
      return encodeBody(read);
    }),
  ];
  say('warming up');
  for (const one of cases) await one.run();
  const rounds = quick ? 3 : 7;
  const measured = await measure(cases, rounds, say);
  const value = measured.find(({ name }) => name === DECODE)?.median ?? Number.NaN;
  return {
    machine: describeMachine(),
    method: [
      `A transfer (0200) of ${bytes.length} bytes and ${message.fields().length} fields. A second is one of processor time, collecting garbage included; each case runs ${secondsEach} s a round, ${rounds} interleaved rounds after a warm-up. Reading checks every byte, and gives every field.`,
      `${PEER} is told the formats in which the dialect differs from its own. Both write the same bytes and read the same fields; it checks no letters while reading, and does on writing.`,
    ],
    measured,
    ratios: [
      compare('decode to iso_8583', measured, [DECODE, DECODE_PEER], 5),
      compare('encode to iso_8583', measured, [ENCODE, ENCODE_PEER], 5),
    ].filter((ratio) => ratio !== undefined),
    goal: { name: 'bank messages decoded a second of one core', value, goal: GOAL, reached: value >= GOAL },
  };
}

/** What is compared has to be the same work. */
function checkAlike(message: Message, bytes: Buffer, read: object, written: object): void {
  const ours = decodeBody(bytes);
  assert(encodeBody(ours) === encodeBody(message), 'our codec reads what it wrote');
  assert(Buffer.isBuffer(written) && written.equals(bytes), 'the peer writes the same bytes');
  assert(isDeepStrictEqual({ ...read }, { 0: '0200', ...FIELDS }), 'the peer reads the same fields');
}
