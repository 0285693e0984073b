import { type KeyObject, sign } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { STATEMENT_FILE_BYTES_MAX, WALLET_CALL_TIMEOUT_MS } from '../../base/limits.ts';
import type { Send } from '../../base/outbound.ts';
import type { Random } from '../../base/random.ts';
import { readBody } from '../../wallets/open/exchange.ts';
import { type Members, membersOf } from '../../wallets/open/parse.ts';
import type { Call } from '../../wallets/open/requests.ts';
import { contentDigest, type Covered, requestCovered, signatureBase, toComponent } from '../../wallets/open/sign.ts';
import { writeBytes, writeList } from '../../wallets/open/structured-fields.ts';
import { replyCovered, unboundReplyCovered, verifyMessage } from '../../wallets/open/verify.ts';
import { Broken } from './check-case.ts';
import type { Observations } from './observations.ts';
import type { Manifest } from './read-manifest.ts';

/** Who asks: a merchant that is registered at the wallet. */
export interface CheckAccount {
  merchantNo: string;
  keyId: string;
  privateKey: KeyObject;
}

/** How a request is spoiled on purpose. */
export interface Spoil {
  unsigned?: boolean;
  /** Signed with this key under the merchant's id. */
  key?: KeyObject;
  /** Sent instead of the body that was signed. */
  sentBody?: string;
  /** Signed for this path, sent to the right one. */
  signedPath?: string;
  /** Rightly signed, but only over these components. */
  onlyOver?: readonly string[];
  nonce?: string;
  /** Seconds from now. */
  created?: number;
  /** Seconds after `created`. */
  lifetime?: number;
}

export interface Came {
  status: number;
  /** Empty where the body is no JSON object. */
  json: Members;
  body: Buffer;
}

interface ClientDeps {
  send: Send;
  clock: Clock;
  random: Random;
  account: CheckAccount;
  manifest: Manifest;
  observations: Observations;
}

/** Asks as a merchant does, keeps going whatever comes, and writes down what was wrong about every reply. */
export class CheckClient {
  readonly #deps: ClientDeps;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  nonce(): string {
    return this.#deps.random.bytes(16).toString('base64url');
  }

  get(path: string, spoil: Spoil = {}): Promise<Came> {
    return this.call({ method: 'GET', path, body: null }, spoil);
  }

  post(path: string, body: object, spoil: Spoil = {}): Promise<Came> {
    return this.call({ method: 'POST', path, body }, spoil);
  }

  /** @throws Broken when there is no reply at all */
  async call(call: Call, spoil: Spoil = {}): Promise<Came> {
    const { send, manifest, observations, clock } = this.#deps;
    const url = new URL(manifest.apiUrl + call.path);
    const body = Buffer.from(call.body === null ? '' : JSON.stringify(call.body));
    const { headers, covered } = this.#sign(call.method, url, body, spoil);
    const reply = await send({
      method: call.method,
      url: url.href,
      headers: {
        accept: 'application/json',
        ...(call.body === null ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: spoil.sentBody === undefined ? body : Buffer.from(spoil.sentBody),
      timeoutMs: WALLET_CALL_TIMEOUT_MS,
      replyBytesMax: STATEMENT_FILE_BYTES_MAX,
    });
    const name = `${call.method} ${call.path}`;
    if (reply.kind !== 'reply') throw new Broken(`${name} got no reply: ${reply.reason}`);
    const came = { status: reply.status, json: membersOf(readBody(reply.body)) ?? {}, body: reply.body };
    const bound = spoil.unsigned
      ? unboundReplyCovered(reply)
      : replyCovered(reply, { covered, signature: headers['signature'] ?? '' });
    const isSpoiled = spoil.sentBody !== undefined || spoil.signedPath !== undefined || spoil.onlyOver !== undefined;
    // What the wallet is to bind a reply to is not clear where the request itself says two things.
    if (!isSpoiled) {
      const verified = verifyMessage(reply, bound, 'owp-reply', manifest.keys, clock.now());
      if (!verified.isBelieved) observations.flaw(verified.flaw, `${name}: ${verified.reason}`);
    }
    observations.reply(name, came, reply.headers['content-type'] ?? '');
    return came;
  }

  #sign(method: string, url: URL, body: Buffer, spoil: Spoil): { headers: Record<string, string>; covered: Covered } {
    const { account, clock } = this.#deps;
    const digest = { 'content-digest': contentDigest(body) };
    if (spoil.unsigned) return { headers: digest, covered: [] };
    const signedUrl = spoil.signedPath === undefined ? url : new URL(spoil.signedPath, url);
    const covered = requestCovered({ method, url: signedUrl, body }).filter(
      ([name]) => spoil.onlyOver?.includes(name) ?? true,
    );
    const created = Math.floor(clock.now().getTime() / 1000) + (spoil.created ?? 0);
    const params = new Map<string, string | number>([
      ['created', created],
      ['expires', created + (spoil.lifetime ?? 300)],
      ['keyid', `${account.merchantNo}:${account.keyId}`],
      ['alg', 'ed25519'],
      ['nonce', spoil.nonce ?? this.nonce()],
      ['tag', 'owp-request'],
    ]);
    const values = covered.map(([written, value]) => [toComponent(written), value] as const);
    const list = writeList(
      values.map(([component]) => component),
      params,
    );
    const signature = sign(null, Buffer.from(signatureBase(values, list)), spoil.key ?? account.privateKey);
    return {
      headers: { ...digest, 'signature-input': `owp=${list}`, signature: `owp=${writeBytes(signature)}` },
      covered,
    };
  }
}
