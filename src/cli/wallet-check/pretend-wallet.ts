import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { digestOf, isSealed, readSignature, sealMessage, type SignedLine } from '../../sandbox/wallets/open/sign.ts';
import { dispatch, hook } from './pretend-books.ts';
import { type Answer, answer, type Pretend, problem } from './pretend-state.ts';
import type { Break } from './pretend-breaks.ts';

/**
 * For tests: a small wallet of the protocol in memory that keeps every rule, but for the one that it is told to break.
 * Written from docs/open-wallet-protocol.md; only the signing of a message is the simulator's.
 */
export interface PretendWallet {
  url: string;
  merchantNo: string;
  merchantKey: KeyObject;
  stop(): Promise<void>;
}

const MERCHANT_NO = 'M100000000000001';
const NAMES = '"@method" "@authority" "@path" "@query" "content-digest"';
const AGAIN_AFTER_MS = 15;

/** `hasHooks` false: its manifest tells of none, so a person has to pay. */
export async function startPretendWallet(clock: Clock, broken: Break | null, hasHooks = true): Promise<PretendWallet> {
  const merchant = generateKeyPairSync('ed25519');
  const keys = { own: generateKeyPairSync('ed25519').privateKey, foreign: generateKeyPairSync('ed25519').privateKey };
  const nonces = new Set<string>();
  const pretend: Pretend = {
    clock,
    url: '',
    merchantNo: MERCHANT_NO,
    breaks: (what) => what === broken,
    notify: (url, about) => void deliver(url, about, 1),
    signText: (text) => {
      const digest = createHash('sha256').update(text).digest('hex');
      return sign(null, Buffer.from(`owp-statement\n${digest}`), keys.own).toString('base64');
    },
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void handle(request, Buffer.concat(chunks), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  pretend.url = `http://127.0.0.1:${address.port}`;
  return {
    url: pretend.url,
    merchantNo: MERCHANT_NO,
    merchantKey: merchant.privateKey,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    if (path.startsWith('/hooks')) return sendPlain(response, hook(pretend, path.slice('/hooks'.length), body));
    if (path === '/.well-known/open-wallet') {
      const shown = answer(200, manifest());
      return sendSigned(response, shown, [], null, broken === 'manifest_unsigned');
    }
    const lines: SignedLine[] = [
      { name: '"@method"', value: request.method ?? '' },
      { name: '"@authority"', value: request.headers.host ?? '' },
      { name: '"@path"', value: path },
      { name: '"@query"', value: `?${query}` },
      { name: '"content-digest"', value: String(request.headers['content-digest']) },
    ];
    const signature = readSignature(header(request, 'signature-input'), header(request, 'signature'));
    const refused = whyNot(request, body, lines, signature);
    const decided =
      refused ?? (await dispatch(pretend, request.method ?? '', path.replace(/^\/api/, ''), body.toString('utf8')));
    sendSigned(response, decided, lines, signature?.signature ?? null, broken === 'reply_unsigned');
  }

  function whyNot(
    request: IncomingMessage,
    body: Buffer,
    lines: readonly SignedLine[],
    came: ReturnType<typeof readSignature>,
  ): Answer | null {
    if (broken === 'refuses_signed') return problem('signature_refused');
    if (came === null) return broken === 'accepts_unsigned' ? null : problem('signature_refused');
    const isDigest = header(request, 'content-digest') === digestOf(body);
    if (!isDigest && broken !== 'ignores_digest') return problem('signature_refused');
    if (came.names !== NAMES && broken !== 'accepts_less') return problem('signature_refused');
    const covered = lines.filter(({ name }) => came.names.split(' ').includes(name));
    const isOurs = came.params['keyid'] === `${MERCHANT_NO}:k1`;
    if (!isOurs || (!isSealed(covered, came, createPublicKey(merchant.privateKey)) && broken !== 'ignores_signature'))
      return problem('signature_refused');
    const now = clock.now().getTime() / 1000;
    const [created, expires] = [Number(came.params['created']), Number(came.params['expires'])];
    if (created + 300 < now && broken !== 'accepts_old') return problem('time_refused');
    if (created - 300 > now && broken !== 'accepts_future') return problem('time_refused');
    if (expires > created + 300 && broken !== 'accepts_long_life') return problem('time_refused');
    const nonce = came.params['nonce'] ?? '';
    if (nonces.has(nonce) && broken !== 'accepts_replay') return problem('nonce_used');
    nonces.add(nonce);
    return null;
  }

  function manifest(): object {
    const { x } = createPublicKey(keys.own).export({ format: 'jwk' });
    return {
      protocol: 'open-wallet',
      version: '1',
      name: { zh: '小钱包', en: 'Small Wallet' },
      colour: '#334455',
      api_url: `${pretend.url}/api`,
      environment: 'test',
      keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'w1', x }],
      scenes: ['web', 'wap', 'app', 'qr', 'jsapi', 'code'],
      can: { void: true },
      refund_window_days: broken === 'manifest_thin' ? undefined : 365,
      payment_code_prefix: '9123',
      user_agent_token: null,
      app_link_prefixes: [],
      statement_ready_hour: 9,
      test_hooks_url: hasHooks ? `${pretend.url}/hooks` : null,
    };
  }

  function sendSigned(
    response: ServerResponse,
    { status, body, isProblem }: Answer,
    request: readonly SignedLine[],
    signature: string | null,
    isUnsigned: boolean,
  ): void {
    const isBound = signature !== null && broken !== 'reply_unbound';
    const bound = request.filter(({ name }) => name !== '"@authority"');
    const digested = broken === 'reply_of_another_body' && request.length > 0 ? Buffer.from('{}') : body;
    const lines: SignedLine[] = [
      { name: '"@status"', value: String(status) },
      { name: '"content-digest"', value: digestOf(digested) },
      ...(isBound ? bound.map(({ name, value }) => ({ name: `${name};req`, value })) : []),
      ...(isBound ? [{ name: '"signature";req;key="owp"', value: `:${signature}:` }] : []),
    ];
    const headers = isUnsigned ? {} : seal(lines, body, 'owp-reply', request.length > 0);
    if (broken === 'reply_other_digest' && request.length > 0) headers['content-digest'] = digestOf(Buffer.from('{}'));
    response.writeHead(status, { 'content-type': `application/${isProblem ? 'problem+json' : 'json'}`, ...headers });
    response.end(body);
  }

  function seal(lines: readonly SignedLine[], body: Buffer, tag: 'owp-reply' | 'owp-notification', canBreak: boolean) {
    const isForeign = canBreak && broken === (tag === 'owp-reply' ? 'reply_wrong_key' : 'notification_wrong_key');
    const privateKey = isForeign ? keys.foreign : keys.own;
    const ageSeconds = canBreak && tag === 'owp-reply' && broken === 'reply_old' ? 3600 : 0;
    return sealMessage(lines, body, {
      key: { id: 'w1', privateKey, publicKey: createPublicKey(privateKey) },
      tag,
      atSeconds: Math.floor(clock.now().getTime() / 1000) - ageSeconds,
      nonce: `nonce-of-the-wallet-${nonceCount++}`,
    });
  }

  async function deliver(url: string, about: () => object, tryNo: number): Promise<void> {
    const body = Buffer.from(JSON.stringify(about()));
    const lines = [
      { name: '"@method"', value: 'POST' },
      { name: '"content-digest"', value: digestOf(body) },
    ];
    const headers = broken === 'notification_unsigned' ? {} : seal(lines, body, 'owp-notification', true);
    const status = await fetch(url, { method: 'POST', body, headers }).then(
      (reply) => reply.status,
      () => 0, // nobody listens any more: the test is over
    );
    if (status < 300 || tryNo > 3 || broken === 'notifies_once') return;
    setTimeout(() => void deliver(url, about, tryNo + 1), AGAIN_AFTER_MS);
  }
}

let nonceCount = 0;

function sendPlain(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
