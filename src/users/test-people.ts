import { ManualClock } from '../base/clock.ts';
import { type Log, silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { Secret } from '../base/secret.ts';
import type { Sql } from '../db/connect.ts';
import { openCardVault } from '../vault/open-card-vault.ts';
import { createKeyring } from '../vault/seal.ts';
import { openUsers } from './open-users.ts';
import type { Act, Session, SmsSender } from './users.ts';
import type { SignedIn, UsersApi } from './users-api.ts';
import type { OpenUsersDeps } from './users-deps.ts';

/* For tests: people on a clock of their own, with a phone that shows what arrives. */

export const BOOK = 1;
export const RP = { id: 'wallet.hutong.test', origin: 'https://wallet.hutong.test', name: 'Hutong' };
export const MASTER = new Secret('a master secret of forty-two bytes, for tests');
export const GOOD_PIN = '285719';
export const OTHER_PIN = '604938';

export interface Message {
  phone: string;
  text: string;
}

export interface TestPeople {
  users: UsersApi;
  sql: Sql;
  clock: ManualClock;
  deps: OpenUsersDeps;
  messages: Message[];
  /** What the gateway does with the next messages; by default it sends them. */
  smsAnswer: { kind: 'sent' } | { kind: 'failed'; why: string };
  logged: string[];
  aPhone(): string;
  lastCode(phone: string): string;
  /** Signs in by code; minutes may have to pass between two for one phone, so the clock is moved on by a minute first. */
  signIn(phone: string, deviceToken?: string | null): Promise<SignedIn>;
  /** Signs up somebody with a PIN. */
  withPin(phone?: string): Promise<SignedIn & { phone: string }>;
  openAnother(change: Partial<OpenUsersDeps>): UsersApi;
}

export async function openPeople(sql: Sql, masters: OpenUsersDeps['masters'] = [MASTER]): Promise<TestPeople> {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
  const messages: Message[] = [];
  const logged: string[] = [];
  const record = (facts: object, message: string): void => void logged.push(`${message} ${JSON.stringify(facts)}`);
  const log: Log = { ...silentLog, debug: record, info: record, warn: record, error: record };
  const random = systemRandom;
  const sms: SmsSender = {
    async send({ phone, text }) {
      messages.push({ phone, text });
      return people.smsAnswer;
    },
  };
  const deps: OpenUsersDeps = {
    sql,
    clock,
    random,
    log,
    vault: await openCardVault({ sql, random, log, masters }),
    keyring: createKeyring({ random }, masters),
    masters,
    sms,
    rp: RP,
    book: BOOK,
  };
  const users = openUsers(deps);
  const people: TestPeople = {
    users,
    sql,
    clock,
    deps,
    messages,
    smsAnswer: { kind: 'sent' },
    logged,
    aPhone: () => `139${String(systemRandom.bytes(4).readUInt32BE() % 100_000_000).padStart(8, '0')}`,
    lastCode(phone) {
      const text = messages.findLast((message) => message.phone === phone)?.text ?? '';
      return /\b\d{6}\b/.exec(text)?.[0] ?? '';
    },
    async signIn(phone, deviceToken = null) {
      clock.advanceMs(61_000);
      const { codeId } = await users.startSignIn({ phone, lang: 'zh-CN', origin: phone });
      const device = { deviceName: 'iPhone, Safari', lang: 'zh-CN', deviceToken } as const;
      return await users.finishSignIn({ ...device, codeId, phone, code: people.lastCode(phone) });
    },
    async withPin(phone = people.aPhone()) {
      const signedIn = await people.signIn(phone);
      await users.setPin(signedIn.session, { pin: GOOD_PIN, oldPin: null });
      return { ...signedIn, phone };
    },
    openAnother: (change) => openUsers({ ...deps, ...change }),
  };
  return people;
}

/** The code of the refusal that it ends with, or `done`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await refusalOf(work))?.code ?? 'done';
}

export async function refusalOf(work: Promise<unknown>): Promise<Refusal | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

export function anAct(change: Partial<Act> = {}): Act {
  return {
    kind: 'transfer',
    subject: 'quote_1',
    amount: { currency: 'CNY', minor: 10_00n },
    payee: '**丰（工商银行 1234）',
    ...change,
  };
}

/** Proves an act by PIN (and code where the level asks for it); the token. */
export async function prove(
  people: TestPeople,
  { session, phone }: { session: Session; phone: string },
  act: Act,
  level: 'pin' | 'strong',
): Promise<string> {
  const { proofId } = await people.users.offerProof(session, act, level);
  if (level === 'strong') {
    people.clock.advanceMs(61_000);
    await people.users.sendProofCode(session, proofId);
  }
  const code = level === 'strong' ? people.lastCode(phone) : null;
  return (await people.users.proveAct(session, proofId, { pin: GOOD_PIN, code, passkey: null })).token;
}
