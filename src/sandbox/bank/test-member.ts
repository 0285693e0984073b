import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { transmitStamp } from './bank-day.ts';
import { type BankSandbox, type BankSandboxOptions, type MemberSettings, startBankSandbox } from './bank.ts';
import { FrameReader, HEADER_BYTES, ownHeader, writeFrame } from './frame.ts';
import { type Message, readMessage, withMac, writeMessage } from './message.ts';
import { writeIdentity, writeTransfer } from './private-fields.ts';
import { cryptBlocks, keyChangeField, macField } from './seal.ts';

/** 10:00 on a Monday in Shanghai. */
export const NOON = new Date('2026-11-23T02:00:00Z');

export function startTestBanks(options: Partial<BankSandboxOptions> = {}): Promise<BankSandbox> {
  const clock = new ManualClock(NOON);
  const usual = { port: 0, controlPort: 0, clock, random: systemRandom, log: silentLog, dataDir: null };
  return startBankSandbox({ ...usual, withPeople: false, ...options });
}

interface Waiting {
  resolve: (message: Message) => void;
}

/** A member of the switch who speaks by hand, one message at a time or many at once. */
export class TestMember {
  readonly #settings: MemberSettings;
  readonly #clock: { now(): Date };
  readonly #waiting = new Map<string, Waiting>();
  readonly #unasked: Message[] = [];
  /** Every frame as it came, for what a codec would hide. */
  readonly frames: Buffer[] = [];
  socket: Socket | null = null;
  pinKey: Buffer | null = null;
  macKey: Buffer | null = null;
  /** Whether new keys are taken over by themselves. */
  takesKeys = true;
  /** The last number that was used. */
  stan = 0;

  constructor(settings: MemberSettings, clock: { now(): Date }) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async connect(): Promise<this> {
    const socket = connect(this.#settings.port, this.#settings.host);
    const reader = new FrameReader();
    socket.on('data', (bytes) => {
      for (const frame of reader.push(bytes)) this.#receive(Buffer.from(frame));
    });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    this.socket = socket;
    return this;
  }

  /** Connects, signs on and takes over both keys. */
  async signOn(): Promise<this> {
    await this.connect();
    await this.network('001');
    for (const which of ['1', '2']) await this.network('101', which);
    while (this.pinKey === null || this.macKey === null) await turn();
    await turn();
    return this;
  }

  close(): void {
    this.socket?.destroy();
  }

  network(event: string, which?: string): Promise<Message> {
    const message = this.message('0820', '', {
      70: event,
      ...(which === undefined ? {} : { 53: which.padEnd(16, '0') }),
    });
    message.fields.delete(3);
    message.fields.delete(32);
    return this.send(message);
  }

  message(type: string, processing: string, more: Record<number, string>): Message {
    const stan = String(++this.stan).padStart(6, '0');
    const { institution } = this.#settings;
    const fields = new Map<number, string>([
      [3, processing],
      [7, transmitStamp(this.#clock.now())],
      [11, stan],
      [32, institution],
      [33, institution],
    ]);
    for (const [number, value] of Object.entries(more)) fields.set(Number(number), value);
    return { type, fields };
  }

  #business(type: string, processing: string, more: Record<number, string>): Message {
    const now = transmitStamp(this.#clock.now());
    return this.message(type, processing, {
      12: now.slice(4),
      13: now.slice(0, 4),
      18: '6012',
      22: '012',
      25: '00',
      37: `000000${String(this.stan + 1).padStart(6, '0')}`,
      41: 'HUTONG01',
      42: '000000000000001',
      43: 'HUTONG'.padEnd(40),
      49: '156',
      53: this.#settings.algorithm === 'sm4' ? '2400000000000000' : '2600000000000000',
      60: '000000000008'.padEnd(30, '0'),
      ...more,
    });
  }

  balance(card: string): Message {
    return this.#business('0200', '300000', { 2: card });
  }

  purchase(card: string, fen: bigint): Message {
    return this.#business('0200', '000000', { 2: card, 4: amount(fen) });
  }

  transferOut(from: string, to: string, fen: bigint, purpose: 'TR' | 'RP' = 'TR'): Message {
    const side = writeTransfer({ account: to, name: '李思远', purpose });
    return this.#business('0200', '460000', { 2: from, 4: amount(fen), 102: from, 103: to, 104: side });
  }

  transferIn(from: string, to: string, fen: bigint, purpose: 'TR' | 'RP' = 'TR'): Message {
    const side = writeTransfer({ account: from, name: '张小北', purpose });
    return this.#business('0200', '470000', { 2: to, 4: amount(fen), 102: from, 103: to, 104: side });
  }

  refund(of: Message, fen: bigint, authId?: string): Message {
    const more = { 2: of.fields.get(2) ?? '', 4: amount(fen), 90: meaning(of) };
    return this.#business('0220', '200000', authId === undefined ? more : { ...more, 38: authId });
  }

  reversal(of: Message): Message {
    const copied = [2, 4, 37].map((number) => [number, of.fields.get(number) ?? '']);
    return this.#business('0420', of.fields.get(3) ?? '', {
      ...Object.fromEntries(copied),
      60: '435100000008'.padEnd(30, '0'),
      90: meaning(of),
    });
  }

  verify(card: string, who: { idNumber: string; name: string; phone: string }, asked = '1111'): Message {
    return this.message('0100', '330000', { 2: card, 61: writeIdentity(who, asked) });
  }

  find(who: { idNumber: string; name: string; phone: string }, issuer?: string): Message {
    const more: Record<number, string> = { 48: issuer === undefined ? 'WB' : 'WC', 61: writeIdentity(who, '111') };
    return this.message('0100', '890000', issuer === undefined ? more : { ...more, 100: issuer });
  }

  /** Sends and waits for the answer with the same key; by `mac` with another F128 than the right one. */
  send(message: Message, mac?: string): Promise<Message> {
    const answer = this.await(message);
    this.socket?.write(this.frame(message, mac));
    return answer;
  }

  await(message: Message): Promise<Message> {
    return new Promise((resolve) => this.#waiting.set(keyOf(message), { resolve }));
  }

  frame(message: Message, mac?: string): Buffer {
    const { institution, switch_institution, algorithm } = this.#settings;
    const body = writeMessage(message);
    const key = message.type.startsWith('08') ? null : this.macKey;
    const sealed = mac ?? (key === null ? null : macField(message, key, algorithm));
    return writeFrame(ownHeader(institution, switch_institution), sealed === null ? body : withMac(body, sealed));
  }

  /** Answers that nobody waited for, and what the switch said by itself. */
  unasked(): readonly Message[] {
    return this.#unasked;
  }

  async code(message: Message): Promise<string> {
    return (await this.send(message)).fields.get(39) ?? '';
  }

  #receive(frame: Buffer): void {
    this.frames.push(frame);
    let message: Message;
    try {
      message = readMessage(frame.subarray(HEADER_BYTES));
    } catch {
      return; // A test looks at the frame itself.
    }
    const waiting = this.#waiting.get(keyOf(message));
    if (message.type === '0800') this.#takeKey(message);
    else if (waiting !== undefined && message.type !== '0820') {
      this.#waiting.delete(keyOf(message));
      waiting.resolve(message);
    } else this.#unasked.push(message);
  }

  #takeKey(push: Message): void {
    this.#unasked.push(push);
    if (!this.takesKeys) return;
    const { algorithm, transport_key_hex } = this.#settings;
    const sealed = Buffer.from((push.fields.get(48) ?? '').slice(2), 'hex');
    const key = cryptBlocks(sealed, Buffer.from(transport_key_hex, 'hex'), algorithm, 'decrypt');
    if (push.fields.get(128) !== keyChangeField(push, key, algorithm)) throw new Error('the new key is not itself');
    if (push.fields.get(53)?.startsWith('1')) this.pinKey = key;
    else this.macKey = key;
    const answer: Message = { type: '0810', fields: new Map([[39, '00']]) };
    for (const number of [7, 11, 53, 70, 100]) answer.fields.set(number, push.fields.get(number) ?? '');
    answer.fields.set(128, keyChangeField(answer, key, algorithm));
    const { institution, switch_institution } = this.#settings;
    this.socket?.write(writeFrame(ownHeader(institution, switch_institution), writeMessage(answer)));
  }
}

export function turn(ms = 2): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** F90. */
export function meaning({ type, fields }: Message): string {
  const side = (number: number): string => (fields.get(number) ?? '').padStart(11, '0');
  return `${type}${fields.get(11) ?? ''}${fields.get(7) ?? ''}${side(32)}${side(33)}`;
}

function amount(fen: bigint): string {
  return String(fen).padStart(12, '0');
}

function keyOf({ fields }: Message): string {
  return `${fields.get(7) ?? ''} ${fields.get(11) ?? ''}`;
}
