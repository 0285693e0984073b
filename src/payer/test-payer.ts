import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { type Log, silentLog } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import { systemRandom } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { Secret } from '../base/secret.ts';
import type { Card } from '../cards/cards.ts';
import type { Sql } from '../db/connect.ts';
import type { Act, ProofLevel, Session, UserId } from '../users/users.ts';
import { createKeyring } from '../vault/seal.ts';
import { contentDigest, requestCovered, signatureBase, toComponent } from '../wallets/open/sign.ts';
import { writeBytes, writeList } from '../wallets/open/structured-fields.ts';
import { HOOKS_PATH } from './manifest.ts';
import { type OpenedPayer, openPayer } from './open-payer.ts';
import { API_PATH } from './order.ts';
import type { PayerDeps } from './payer-deps.ts';
import { PretendTransfers } from './pretend-transfers.ts';
import type { ShopWithKeys } from './shop-store.ts';

export const START = new Date('2026-11-23T02:00:00Z');
export const BOOK = 1;

export interface TestPayer {
  sql: Sql;
  clock: ManualClock;
  payer: OpenedPayer;
  transfers: PretendTransfers;
  deps: PayerDeps;
  shop: ShopWithKeys;
  shopKey: KeyObject;
  /** What was proved, as tokens; each is good for one act. */
  proofs: Map<string, { act: Act; level: ProofLevel }>;
  /** Notifications that were sent. */
  sent: { url: string; body: Record<string, unknown> }[];
  /** What shops answer notifications with. */
  answers: { status: number };
  ask(method: 'GET' | 'POST', path: string, body?: object, spoil?: Spoil): Promise<Told>;
  /** A signed-in person with the cards `card_<name>` and `card_<name>_poor`. */
  person(name: string): Session;
  errors: unknown[];
  stop(): Promise<void>;
}

/** How a request is spoiled on purpose. */
export interface Spoil {
  key?: KeyObject;
  keyId?: string;
  merchantNo?: string;
  nonce?: string;
  createdAt?: Date;
  authority?: string;
  raw?: string;
  contentType?: string;
  signedBody?: string;
}

export interface Told {
  status: number;
  json: Record<string, unknown>;
  headers: Record<string, string>;
  body: Buffer;
}

/** A payer over a fresh database, with pretend transfers, cards and proofs, and one shop. Stop it in afterAll. */
export async function startTestPayer(
  options: { send?: Send; walletUrl?: string; isLive?: boolean; works?: boolean } = {},
): Promise<TestPayer> {
  const { sql } = await freshDatabase();
  const clock = new ManualClock(START);
  const sent: TestPayer['sent'] = [];
  const answers = { status: 200 };
  const proofs: TestPayer['proofs'] = new Map();
  const errors: unknown[] = [];
  const log: Log = { ...silentLog, error: (facts) => void errors.push(facts) };
  const send: Send = (request) => {
    sent.push({ url: request.url, body: JSON.parse(String(request.body)) as Record<string, unknown> }); // our own notification
    return Promise.resolve({ kind: 'reply', status: answers.status, headers: {}, body: Buffer.alloc(0) });
  };
  let onEnded: OpenedPayer['applyEnded'] = () => Promise.resolve();
  const transfers = new PretendTransfers({ sql, clock, onEnded: (tx, ended) => onEnded(tx, ended) });
  transfers.moods.set('card_poor', 'poor');
  const testBuyers = {
    pays: { userId: 'usr_pays', cardId: 'card_pays' },
    declines: { userId: 'usr_poor', cardId: 'card_poor' },
  } as const;
  const deps: PayerDeps = {
    sql,
    clock,
    random: systemRandom,
    log,
    book: BOOK,
    keyring: createKeyring({ random: systemRandom }, [new Secret(systemRandom.bytes(32).toString('base64'))]),
    transfers,
    users: {
      consumeProof(_tx, _session, act, level, token) {
        if (level === 'device' && token === null) return Promise.resolve();
        const proof = token === null ? undefined : proofs.get(token);
        if (token === null) throw new Refusal('step_up_required', 'prove it');
        if (JSON.stringify(proof?.act, bigints) !== JSON.stringify(act, bigints))
          throw new Refusal('step_up_invalid', 'another act');
        proofs.delete(token);
        return Promise.resolve();
      },
    },
    cards: { list: (_sql, _book, userId) => Promise.resolve(cardsOf(userId)) },
    send: options.send ?? send,
    walletUrl: options.walletUrl ?? 'http://127.0.0.1:1',
    testBuyers: options.isLive ? null : () => Promise.resolve(testBuyers),
  };
  const payer = openPayer(deps);
  onEnded = (tx, ended) => payer.applyEnded(tx, ended);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const shop = await payer.addShop({
    name: '胡同茶馆',
    mcc: '5814',
    feeMilli: 6n,
    origins: options.isLive ? ['https://shop.example'] : [],
    keyId: 'k1',
    publicKey: rawKey(publicKey),
  });
  if (options.works ?? true) payer.startWork();
  const world = { sql, clock, payer, transfers, deps, shop, shopKey: privateKey, proofs, sent, answers, errors };
  return {
    ...world,
    ask: (method, path, body, spoil) => ask(world, method, path, body, spoil),
    person: (name) => ({
      id: `ses_${name}`,
      book: BOOK,
      userId: `usr_${name}`,
      deviceId: `dev_${name}`,
      deviceIsNew: false,
      lang: 'zh-CN',
    }),
    stop: () => payer.stop(),
  };
}

export function rawKey(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
}

export function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function cardsOf(userId: UserId): Card[] {
  const name = userId.slice('usr_'.length);
  return [`card_${name}`, `card_${name}_poor`].map((id, index) => ({
    id: id as Card['id'], // readable in a test
    book: BOOK,
    userId,
    bank: 'ICBC',
    bankName: { 'zh-CN': '工商银行', en: 'ICBC' },
    kind: 'debit',
    accountClass: 1,
    last4: `000${index}`,
    alias: '',
    isDefault: index === 0,
    state: 'bound',
    boundAt: START,
  }));
}

/** Signs as a shop does, and asks the payer without a network. */
async function ask(
  world: Pick<TestPayer, 'clock' | 'payer' | 'deps' | 'shop' | 'shopKey'>,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  spoil: Spoil = {},
): Promise<Told> {
  const bytes = Buffer.from(spoil.raw ?? (body === undefined ? '' : JSON.stringify(body)));
  const url = new URL(world.deps.walletUrl + API_PATH + path);
  const signed = spoil.signedBody === undefined ? bytes : Buffer.from(spoil.signedBody);
  const covered = requestCovered({ method, url, body: signed }).map(
    ([name, value]) => [name, name === '@authority' ? (spoil.authority ?? value) : value] as const,
  );
  const created = Math.floor((spoil.createdAt ?? world.clock.now()).getTime() / 1000);
  const list = writeList(
    covered.map(([name]) => toComponent(name)),
    new Map<string, string | number>([
      ['created', created],
      ['expires', created + 300],
      ['keyid', `${spoil.merchantNo ?? world.shop.merchantNo}:${spoil.keyId ?? 'k1'}`],
      ['alg', 'ed25519'],
      ['nonce', spoil.nonce ?? systemRandom.bytes(16).toString('base64url')],
      ['tag', 'owp-request'],
    ]),
  );
  const base = signatureBase(
    covered.map(([name, value]) => [toComponent(name), value] as const),
    list,
  );
  const reply = await world.payer.protocol.answer({
    method,
    target: url.pathname + url.search,
    headers: {
      'content-type': spoil.contentType ?? 'application/json',
      'content-digest': contentDigest(signed),
      'signature-input': `owp=${list}`,
      signature: `owp=${writeBytes(sign(null, Buffer.from(base), spoil.key ?? world.shopKey))}`,
    },
    body: bytes,
  });
  const isJson = (reply.headers['content-type'] ?? '').endsWith('json');
  const json = isJson ? (JSON.parse(reply.body.toString('utf8')) as Record<string, unknown>) : {}; // read by tests field by field
  return { status: reply.status, json, headers: reply.headers, body: reply.body };
}

/** The protocol over HTTP, as small as can be: what the app's server mounts for real. */
export async function serveProtocol(
  protocol: () => OpenedPayer['protocol'],
): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = request.url ?? '';
      const body = Buffer.concat(chunks);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const told = target.startsWith(HOOKS_PATH)
        ? protocol()
            .answerHook?.(target.slice(HOOKS_PATH.length), body)
            .then((hook) => ({ status: hook.status, headers: {}, body: Buffer.from(JSON.stringify(hook.body)) }))
        : target === '/.well-known/open-wallet'
          ? protocol().manifest()
          : protocol().answer({ method: request.method ?? '', target, headers, body });
      void told?.then((reply) => response.writeHead(reply.status, reply.headers).end(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A new order as a shop writes it. */
export function orderBody(changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    amount: { currency: 'CNY', minor: '1234' },
    scene: 'web',
    subject: '云南咖啡 2 袋',
    expires_at: '2026-11-23T02:15:00Z',
    notify_url: 'https://shop.example/notify',
    return_url: 'https://shop.example/return',
    buyer_ip: '203.0.113.7',
    payer_id: null,
    payment_code: null,
    ...changed,
  };
}
