import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type NotificationEar, openEar } from '../src/cli/wallet-check/notification-ear.ts';
import { contentDigest, requestCovered, signatureBase, toComponent } from '../src/wallets/open/sign.ts';
import { writeBytes, writeList } from '../src/wallets/open/structured-fields.ts';
import type { OpenedPayer } from '../src/payer/open-payer.ts';

/** A shop that takes the wallet, and speaks the protocol by itself. */
export interface TestShop {
  account: { merchantNo: string; keyId: string; privateKey: KeyObject };
  freshNo(): string;
  order(no: string, minor: number, changed?: object): Promise<Record<string, unknown>>;
  /** Sent again with the number that it had, it is the same refund. */
  refund(no: string, minor: number, refundNo?: string): Promise<Record<string, unknown>>;
  undo(no: string, minor: number): Promise<Record<string, unknown>>;
  heard: NotificationEar['heard'];
  stop(): Promise<void>;
}

let count = 0;

/** `now`: the clock of the world that the wallet lives in, where that is not the machine's. */
export async function openShop(
  { url, wallet }: { url: string; wallet: { payer: Pick<OpenedPayer, 'addShop'> } },
  now: () => Date = () => new Date(),
): Promise<TestShop> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const ear = await openEar({ port: 0, publicUrl: null, now });
  const { merchantNo } = await wallet.payer.addShop({
    name: '测试茶馆',
    mcc: '5814',
    feeMilli: 6n,
    origins: [],
    keyId: 'k1',
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
  });
  const account = { merchantNo, keyId: 'k1', privateKey };
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const at = new URL(`${url}/open-wallet/v1${path}`);
    const bytes = Buffer.from(JSON.stringify(body));
    const covered = requestCovered({ method: 'POST', url: at, body: bytes });
    const created = Math.floor(now().getTime() / 1000);
    const list = writeList(
      covered.map(([name]) => toComponent(name)),
      new Map<string, string | number>([
        ['created', created],
        ['expires', created + 300],
        ['keyid', `${merchantNo}:k1`],
        ['alg', 'ed25519'],
        ['nonce', `nonce-of-a-shop-${process.pid}-${(count += 1)}`],
        ['tag', 'owp-request'],
      ]),
    );
    const base = signatureBase(
      covered.map(([name, value]) => [toComponent(name), value] as const),
      list,
    );
    const reply = await fetch(at, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-digest': contentDigest(bytes),
        'signature-input': `owp=${list}`,
        signature: `owp=${writeBytes(sign(null, Buffer.from(base), privateKey))}`,
      },
      body: bytes,
    });
    return (await reply.json()) as Record<string, unknown>; // read by tests field by field
  };
  const amountOf = (minor: number) => ({ currency: 'CNY', minor: String(minor) });
  return {
    account,
    freshNo: () => `SHOP${process.pid}N${String((count += 1)).padStart(6, '0')}`,
    order: (no, minor, changed = {}) =>
      ask(`/orders/${no}`, {
        amount: amountOf(minor),
        scene: 'web',
        subject: '乌龙茶',
        expires_at: new Date(now().getTime() + 600_000).toISOString(),
        notify_url: ear.url,
        return_url: 'https://shop.example/return',
        buyer_ip: null,
        payer_id: null,
        payment_code: null,
        ...changed,
      }),
    refund: (no, minor, refundNo = `REFUND${(count += 1)}OF${process.pid}`) =>
      ask(`/refunds/${refundNo}`, {
        order_no: no,
        method: 'refund',
        amount: amountOf(minor),
        notify_url: ear.url,
      }),
    undo: (no, minor) => ask(`/orders/${no}/undo`, { amount: amountOf(minor) }),
    heard: (no) => ear.heard(no),
    stop: () => ear.stop(),
  };
}
