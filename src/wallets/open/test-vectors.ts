import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { requestCovered, signMessage, signatureBase, toComponent, type Covered } from './sign.ts';
import { notificationCovered, replyCovered } from './verify.ts';

/** The test vectors of docs/open-wallet-protocol.md, made from fixed messages. */

/** RFC 9421, B.1.4, and RFC 8037, A.1. */
export const MERCHANT_KEY = createPrivateKey(
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n',
);
export const WALLET_KEY = createPrivateKey({
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  },
  format: 'jwk',
});

const AT = new Date('2026-11-23T02:00:00Z');
export const REQUEST = {
  method: 'POST',
  url: new URL('https://pay.wallet.example/open-wallet/v1/orders/01JDBP4K8Z3V6TQ2M9XW7RHEND'),
  body: Buffer.from(
    '{"amount":{"currency":"CNY","minor":"1234"},"scene":"web","subject":"茶","expires_at":"2026-11-23T02:15:00Z","notify_url":"https://shop.example/notify","return_url":"https://shop.example/return","buyer_ip":null,"payer_id":null,"payment_code":null}',
  ),
};
const REPLY = { status: 201, body: Buffer.from('{"order_no":"01JDBP4K8Z3V6TQ2M9XW7RHEND","state":"open"}') };
const NOTIFICATION = Buffer.from('{"type":"order","merchant_no":"M100000000000001"}');
const STATEMENT = [
  { line: 'header', version: '1', merchant_no: 'M100000000000001', day: '2026-11-23' },
  {
    line: 'payment',
    order_no: '01JDBP4K8Z3V6TQ2M9XW7RHEND',
    wallet_payment_id: 'OW202611230000000000000042',
    currency: 'CNY',
    minor: '1234',
    fee_milli: '7404',
    at: '2026-11-23T02:01:07Z',
  },
  { line: 'totals', payments: { count: 1, minor: '1234' }, refunds: { count: 0, minor: '0' }, fees_milli: '7404' },
];

const DISCOUNTS = {
  buyer_paid: { currency: 'CNY', minor: '723' },
  discounts: [
    {
      id: '9900000001',
      name: '立减',
      scope: 'order',
      amount: { currency: 'CNY', minor: '511' },
      prefunded: false,
      parts: [{ funder: 'wallet', owner: null, amount: { currency: 'CNY', minor: '200' } }],
    },
  ],
};
const DISCOUNTED = [
  {
    order_no: '01JDBP4K8Z3V6TQ2M9XW7RHEND',
    merchant_no: 'M100000000000001',
    state: 'paid',
    reason: null,
    amount: { currency: 'CNY', minor: '1234' },
    wallet_payment_id: 'OW202611230000000000000042',
    paid_at: '2026-11-23T02:01:07Z',
    expires_at: '2026-11-23T02:15:00Z',
    refunded: { currency: 'CNY', minor: '0' },
    web_url: null,
    app_url: null,
    qr_text: null,
    ...DISCOUNTS,
  },
  {
    refund_no: '01JDBP9T4N6S8KQ0V2XZ5YCFGH',
    order_no: '01JDBP4K8Z3V6TQ2M9XW7RHEND',
    merchant_no: 'M100000000000001',
    method: 'refund',
    state: 'succeeded',
    reason: null,
    amount: { currency: 'CNY', minor: '1234' },
    wallet_refund_id: 'OW202611230000000000000043',
    refunded_at: '2026-11-23T03:00:02Z',
    ...DISCOUNTS,
  },
];

export interface Vector {
  covered: Covered;
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  text: string;
}

export function requestVector(): Vector {
  const stamp = { createdAt: AT, keyId: 'M100000000000001:k1', nonce: 'b3k2eyz8uPnYt1ZQ', tag: 'owp-request' } as const;
  const vector = vectorOf(requestCovered(REQUEST), REQUEST.body, stamp, MERCHANT_KEY);
  return { ...vector, text: `${REQUEST.body.toString('utf8')}\n\n${vector.text}` };
}

export function replyVector(): Vector {
  const { covered, headers } = requestVector();
  const bound = replyCovered(REPLY, { covered, signature: headers['signature'] ?? '' });
  const stamp = { createdAt: AT, keyId: 'w1', nonce: 'Zt0q8mWc5aR1xJ7L', tag: 'owp-reply' } as const;
  return vectorOf(bound, REPLY.body, stamp, WALLET_KEY);
}

export function notificationVector(): Vector {
  const stamp = { createdAt: AT, keyId: 'w1', nonce: 'h6Vd2sKf9qTn4wEb', tag: 'owp-notification' } as const;
  return vectorOf(notificationCovered(NOTIFICATION), NOTIFICATION, stamp, WALLET_KEY);
}

export function statementVector(): string {
  const text = STATEMENT.map((line) => `${JSON.stringify(line)}\n`).join('');
  const digest = createHash('sha256').update(text).digest('hex');
  const signature = sign(null, Buffer.from(`owp-statement\n${digest}`), WALLET_KEY).toString('base64');
  return `${text}${JSON.stringify({ line: 'signature', keyid: 'w1', signature })}`;
}

export const VECTORS: Readonly<Record<string, () => string>> = {
  request: () => requestVector().text,
  reply: () => replyVector().text,
  notification: () => notificationVector().text,
  discounts: () => DISCOUNTED.map((shown) => JSON.stringify(shown)).join('\n'),
  statement: statementVector,
};

/** Puts every vector into its place in the page. */
export function withVectors(page: string): string {
  return page.replace(/<!-- vector: (\w+) -->\n```\n[\s\S]*?```/g, (_whole, name: string) => {
    const make = VECTORS[name];
    if (make === undefined) throw new Error(`there is no vector ${name}`);
    return `<!-- vector: ${name} -->\n\`\`\`\n${make()}\n\`\`\``;
  });
}

function vectorOf(covered: Covered, body: Buffer, stamp: Parameters<typeof signMessage>[2], key: KeyObject): Vector {
  const headers = signMessage(covered, body, stamp, key);
  const values = covered.map(([written, value]) => [toComponent(written), value] as const);
  const base = signatureBase(values, headers['signature-input'].slice('owp='.length));
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return { covered, body, headers: { ...headers }, text: [base, '', ...shown].join('\n') };
}
