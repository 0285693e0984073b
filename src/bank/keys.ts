import { timingSafeEqual } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { assert } from '../base/assert.ts';
import type { Secret } from '../base/secret.ts';
import { type Algorithm, BlockCipher, KEY_BYTES } from './iso8583/block-cipher.ts';
import { MacKey, type MacMethod, macText } from './iso8583/mac.ts';
import type { Message } from './iso8583/message.ts';

/** First digit of F53 in a key change. */
export type KeyUse = 'pin' | 'mac';

/**
 * Working keys as they are kept: each 32 hexadecimal letters, still encrypted under the transport key, so that whoever reads the database
 * has no key. The check value (8 letters) tells whether the transport key is still the same.
 */
export interface SealedKeys {
  pin: SealedKey | null;
  mac: SealedKey | null;
}
export interface SealedKey {
  sealed: string;
  checkValue: string;
}

/** Keeps the working keys over a restart; belongs to whoever has the database. */
export interface KeyKeeper {
  load(): Promise<SealedKeys | null>;
  /** Resolves when they are durable. */
  save(keys: SealedKeys): Promise<void>;
}

export interface KeyOptions {
  /** 32 hexadecimal letters, agreed with the switch by hand. */
  transportKey: Secret;
  algorithm: Algorithm;
  /** How long the key before stays good. */
  overlapMs: number;
  /** Whether values of variable length stand behind their length in what is authenticated. */
  macWithLengths: boolean;
}

interface WorkingKey extends SealedKey {
  cipher: BlockCipher;
  mac: MacKey;
}

interface Versions {
  now: WorkingKey | null;
  before: WorkingKey | null;
  changedAtMs: number;
}

const CHECK_BYTES = 4;
/** F128 of a key change: the MAC under the new key, then its check value. */
const KEY_PROOF_BYTES = 8;

/** The working keys of the institution, two versions of each while a change is under way. They belong to no single link. */
export class WorkingKeys {
  readonly #options: KeyOptions;
  readonly #transport: BlockCipher;
  readonly #method: MacMethod;
  readonly #versions: Record<KeyUse, Versions> = {
    pin: { now: null, before: null, changedAtMs: 0 },
    mac: { now: null, before: null, changedAtMs: 0 },
  };

  constructor(options: KeyOptions) {
    const letters = options.transportKey.reveal();
    assert(/^[0-9a-fA-F]{32}$/.test(letters), 'a transport key is 32 hexadecimal letters');
    this.#options = options;
    this.#transport = new BlockCipher(options.algorithm, Buffer.from(letters, 'hex'));
    this.#method = options.algorithm === 'sm4' ? 'sm4' : 'x9.19';
  }

  get areThere(): boolean {
    return this.#versions.pin.now !== null && this.#versions.mac.now !== null;
  }

  /** Names the keys without telling them: the check values of both. */
  get version(): string {
    const { pin, mac } = this.#versions;
    return pin.now === null || mac.now === null ? 'none' : `${pin.now.checkValue}-${mac.now.checkValue}`;
  }

  /** What is to be kept. */
  sealed(): SealedKeys {
    const sealedOf = (key: WorkingKey | null) =>
      key === null ? null : { sealed: key.sealed, checkValue: key.checkValue };
    return { pin: sealedOf(this.#versions.pin.now), mac: sealedOf(this.#versions.mac.now) };
  }

  /** Takes up keys that were kept. False when they do not belong to this transport key; then none is taken. */
  restore({ pin, mac }: SealedKeys): boolean {
    if (pin === null || mac === null) return false;
    const keys = [this.#open(pin.sealed), this.#open(mac.sealed)] as const;
    const [pinKey, macKey] = keys;
    if (pinKey?.checkValue !== pin.checkValue || macKey?.checkValue !== mac.checkValue) return false;
    this.#versions.pin.now = pinKey;
    this.#versions.mac.now = macKey;
    return true;
  }

  /** A key that the switch pushes: null unless its check value and its MAC over the message are right. Nothing changes until `take`. */
  readPush(message: Message, sealed: Buffer): NewKey | null {
    const key = this.#open(sealed.toString('hex'));
    const proof = Buffer.from(message.get(128) ?? '', 'latin1');
    if (key === null || proof.length !== KEY_PROOF_BYTES) return null;
    return timingSafeEqual(this.#proof(key, message), proof) ? new NewKey(key) : null;
  }

  /** F128 of our answer to a key change, a character per byte. */
  proofOf(key: NewKey, answer: Message): string {
    return this.#proof(key.key, answer).toString('latin1');
  }

  /** From now on this key is used; the one before stays good for replies that are on their way. */
  take(use: KeyUse, key: NewKey): void {
    const versions = this.#versions[use];
    if (versions.now?.sealed === key.key.sealed) return; // pushed twice
    versions.before = versions.now;
    versions.now = key.key;
    versions.changedAtMs = performance.now();
  }

  /** Puts F128 in. There must be a key. */
  authenticate(message: Message): void {
    const { now } = this.#versions.mac;
    assert(now !== null, 'nothing is sent before there are keys');
    message.set(128, now.mac.macLetters(macText(message, this.#options.macWithLengths)));
  }

  /** Whether F128 is right, under the key of now or the one before. */
  isAuthentic(message: Message): boolean {
    const letters = message.get(128) ?? '';
    const text = macText(message, this.#options.macWithLengths);
    return this.#good('mac').some((key) => key.mac.agrees(text, letters));
  }

  /** PIN keys that something just received may be under, newest first. */
  pinCiphers(): BlockCipher[] {
    return this.#good('pin').map((key) => key.cipher);
  }

  #good(use: KeyUse): WorkingKey[] {
    const { now, before, changedAtMs } = this.#versions[use];
    const isOldGood = performance.now() - changedAtMs <= this.#options.overlapMs;
    return [now, isOldGood ? before : null].filter((key) => key !== null);
  }

  #open(sealed: string): WorkingKey | null {
    if (!/^[0-9a-fA-F]{32}$/.test(sealed)) return null;
    const clear = this.#transport.decrypt(Buffer.from(sealed, 'hex'));
    assert(clear.length === KEY_BYTES, 'a working key is 16 bytes');
    const cipher = new BlockCipher(this.#options.algorithm, clear);
    const mac = new MacKey(this.#method, clear);
    clear.fill(0);
    return { sealed: sealed.toUpperCase(), checkValue: cipher.checkValue().toString('hex').toUpperCase(), cipher, mac };
  }

  #proof(key: WorkingKey, message: Message): Buffer {
    const mac = key.mac.mac(macText(message, this.#options.macWithLengths));
    return Buffer.concat([mac, Buffer.from(key.checkValue, 'hex')], mac.length + CHECK_BYTES);
  }
}

/** A key that was pushed and proved, on its way into use. */
export class NewKey {
  readonly key: WorkingKey;
  constructor(key: WorkingKey) {
    this.key = key;
  }
}
