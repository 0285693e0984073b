import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { KEY_LISTED_AFTER_DAYS, KEY_LISTED_BEFORE_DAYS, WALLET_KEYS_LISTED_MAX } from './figures.ts';
import type { PayerDeps } from './payer-deps.ts';
import { insertWalletKey, listWalletKeys, type WalletKeyRow } from './wallet-key-store.ts';

/** What a message of ours is signed with. */
export interface SigningKey {
  /** `w1` */
  keyId: string;
  key: KeyObject;
}

/** The public half as the manifest lists it (RFC 8037). */
export interface ListedKey {
  kty: 'OKP';
  crv: 'Ed25519';
  kid: string;
  use: 'sig';
  x: string;
}

export interface WalletKeys {
  signing(): Promise<SigningKey>;
  /** Newest first: what is announced, what signs, and for a day what signed before. */
  listed(): Promise<ListedKey[]>;
  /** Announces a new key, which begins to sign in a week. @returns its name and when */
  rotate(): Promise<{ keyId: string; signsFrom: Date }>;
}

const DAY_MS = 86_400_000;
/** Another process may have announced a key; it signs in a week at the earliest, so a minute is soon enough. */
const READ_AGAIN_MS = 60_000;

/** Our signing keys, sealed in the database; the first is made when it is first needed. */
export function openWalletKeys(deps: PayerDeps): WalletKeys {
  let known: { rows: WalletKeyRow[]; atMs: number } | null = null;
  const opened = new Map<number, KeyObject>();

  async function rows(): Promise<WalletKeyRow[]> {
    const nowMs = deps.clock.now().getTime();
    if (known !== null && nowMs >= known.atMs && nowMs - known.atMs < READ_AGAIN_MS) return known.rows;
    let found: WalletKeyRow[];
    try {
      found = await listWalletKeys(deps.sql, deps.book);
    } catch (error) {
      if (known === null) throw error;
      return known.rows; // the database is away: they were good a moment ago, and a shop hears so under a signature
    }
    if (found.length === 0) {
      await insertWalletKey(deps.sql, deps.book, mint(deps, 1, deps.clock.now()), deps.clock.now());
      found = await listWalletKeys(deps.sql, deps.book);
    }
    known = { rows: found, atMs: nowMs };
    return found;
  }

  function open(row: WalletKeyRow): KeyObject {
    const key =
      opened.get(row.no) ?? createPrivateKey(deps.keyring.open(row.privateKeySealed, placeOf(deps.book, row.no)));
    opened.set(row.no, key);
    return key;
  }

  return {
    async signing() {
      const all = await rows(); // the first key may be made just now: the clock is read afterwards
      const now = deps.clock.now();
      const row = all.find((each) => each.signsFrom <= now);
      assert(row !== undefined, 'the wallet has a key that signs');
      return { keyId: nameOf(row.no), key: open(row) };
    },
    async listed() {
      const all = await rows();
      const now = deps.clock.now();
      // A key is over a day after the next one has begun.
      const isListed = (row: WalletKeyRow): boolean => {
        const next = all.find((each) => each.no === row.no + 1);
        return next === undefined || next.signsFrom.getTime() + KEY_LISTED_AFTER_DAYS * DAY_MS > now.getTime();
      };
      return all.filter(isListed).slice(0, WALLET_KEYS_LISTED_MAX).map(toListed);
    },
    async rotate() {
      const now = deps.clock.now();
      const [newest] = await rows();
      assert(newest !== undefined, 'the wallet has a key');
      if (newest.signsFrom > now) return { keyId: nameOf(newest.no), signsFrom: newest.signsFrom }; // one at a time
      const signsFrom = new Date(now.getTime() + KEY_LISTED_BEFORE_DAYS * DAY_MS);
      await insertWalletKey(deps.sql, deps.book, mint(deps, newest.no + 1, signsFrom), now);
      known = null;
      const [announced] = await rows();
      assert(announced !== undefined, 'the wallet has a key');
      return { keyId: nameOf(announced.no), signsFrom: announced.signsFrom };
    },
  };
}

function mint(deps: PayerDeps, no: number, signsFrom: Date): WalletKeyRow {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const x = publicKey.export({ format: 'jwk' }).x;
  assert(x !== undefined, 'an Ed25519 key has a public half');
  return {
    no,
    privateKeySealed: deps.keyring.seal(pem, placeOf(deps.book, no)),
    publicKey: Buffer.from(x, 'base64url'),
    signsFrom,
  };
}

function placeOf(book: number, no: number): string {
  return `payer_wallet_keys ${book} ${no}`;
}

function nameOf(no: number): string {
  return `w${no}`;
}

function toListed(row: WalletKeyRow): ListedKey {
  return { kty: 'OKP', crv: 'Ed25519', kid: nameOf(row.no), use: 'sig', x: row.publicKey.toString('base64url') };
}
