import { createCipheriv, createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { OutboundRequest, Send } from '../../base/outbound.ts';

/*
 * For tests: JD's published demo merchant with messages that were caught on the wire, and a JD that speaks in code of its
 * own. The demo's keys are in every client that was ever published; they guard nothing.
 */

export const DEMO = {
  merchant: '22294531',
  desKey: 'ta4E/aspLA3lgFGKmNDNRYU92RkZ4w2t',
  md5Key: 'pvmkZFhudHnwblIxgWsnvFqDHRrVDmfU',
  appId: '7ad8a3d997994f6c26efee6cb2d27cdb',
  privateKeyPem: pem(
    'PRIVATE KEY',
    'MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALXf6twUqul1TATO+5nA66p2wjnRd+g96IXpfV6Sf8WXxwizGj+L19LQYRBXpZHmRh82prJ48d0FcHboCiN8pKutnuZrrKYhvORysOc5bVli0hcCn1TfYDoUWJ1UhjUQloqZKWjUz6LV9QY6bIZ1W4+Hmw6HK1bfFwUq0WzIGkJNAgMBAAECgYBlIFQeev9tP+M86TnMjBB9f/sO2wGpCIM5slIbO6n/3By3IZ7+pmsitOrDg3h0X22t/V1C7yzMkDGwa+T3Rl7ogwc4UNVj0ZQorOTx3OEPx3nP1yT3zmJ9djKaHKAmee4XmhQHdqqIuMT2XQaqatBzcsnP+Jnw/WVOsIJIqMeFAQJBAP9yq4hE+UfM/YSXZ5JR33k9RolUUq8S/elmeJIDo/3N2qDmzLjOr9iEZHxioc8JOxubtZ0BxA+NdfKz4v0BSpkCQQC2RIrAPRj9vOk6GfT9W1hbJ4GdnzTb+4vp3RDQQ3x9JGXzWFlg8xJT1rNgM8R95Gkxn3KGnYHJQTLlCsIy2FnVAkAWXolM3pVhxz6wHL4SHx9Ns6L4payz7hrUFIgcaTs0H5G0o2FsEZVuhXFzPwPiaHGHomQOAriTkBSzEzOeaj2JAkEAtYUFefZfETQ2QbrgFgIGuKFboJKRnhOif8G9oOvU6vx43CS8vqTVN9G2yrRDl+0GJnlZIV9zhe78tMZGKUT2EQJAHQawBKGlXlMe49Fo24yOy5DvKeohobjYqzJAtbqaAH7iIQTpOZx91zUcL/yG4dWS6r+wGO7Z1RKpupOJLKG3lA==',
  ),
  jdPublicKeyPem: pem(
    'PUBLIC KEY',
    'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCKE5N2xm3NIrXON8Zj19GNtLZ8xwEQ6uDIyrS3S03UhgBJMkGl4msfq4Xuxv6XUAN7oU1XhV3/xtabr9rXto4Ke3d6WwNbxwXnK5LSgsQc1BhT5NcXHXpGBdt7P8NMez5qGieOKqHGvT0qvjyYnYA29a8Z4wzNR7vAVHp36uD5RwIDAQAB',
  ),
} as const;

/** A refund's answer, as it came inside the envelope. */
export const CAUGHT_REFUND = {
  signed:
    '<?xml version="1.0" encoding="UTF-8"?><jdpay><version>V2.0</version><merchant>22294531</merchant><result><code>000000</code><desc>成功</desc></result><tradeNum>1494236491939_r</tradeNum><oTradeNum>1494236491939</oTradeNum><amount>1</amount><currency>CNY</currency><tradeTime>20170508180239</tradeTime><note></note><status>1</status></jdpay>',
  sign: 'W4g4PwHlh7OM60uz72MYH4+5PW1lJyFoHiKGFczOGDHdATqAAqbRy4p+sXU04FlsA29UpEfY3Fsct1IAhL5D7y1/tgZDRB+tGe1Tm0zTeFcKQjV8UU7bfRC+Mi3OdQgQvJ2JIIJcsxpXyQmeG2Vr/77aPhCY8hNEQObDp8fDDFc=',
  hexStart: 'd86fe7a99bc60d1c8c674bf5ebecd2854a796d7ed11e57171d49508b979eba8f',
  hexEnd: 'd24783850fe4a9d7579f8e8223d10b8d724fef6e8c42d3d451a271ef3',
};

/** The answer to an order with a QR code, whole as it came. */
export const CAUGHT_ORDER =
  '<?xml version="1.0" encoding="UTF-8"?><jdpay><version>V2.0</version><merchant>22294531</merchant><result><code>000000</code><desc>成功</desc></result><encrypt>N2ZjNmIwMzJiMjA5ZTNhZDhjNjc0YmY1ZWJlY2QyODU0YTc5NmQ3ZWQxMWU1NzE3MWQ0OTUwOGI5NzllYmE4ZjM1YzRiZjlmYWE1M2ZiYjVjYTg5YjA4NTdhMjg3NTBhNzQxM2ZjOWFlN2U3YTNlYzM5ZTI5OTBkZDczNzQ5MjhjM2UxMjhkYWJhMGM0NWY2MWFjYjg2YWFlZDBjOTQ1Y2UyOWNlMDg2MmViOTQ3ZDUyZTczOTMxYjM0NGQwZTNjZGVjZTNkY2EwZmZlYzZlODE1Njc3YWMzODcyNTRhYTcyZDc5MjNhYzc5YWIzZGM0ZGIwYWE4NTc3ZTRhNmE3YmMxMjIwMmEyZmRjMDgxNjhlZjQ5ODVlNGIwNmU2ZTVjZjk3MWRlMmQ5NWYxMmJjNjFiOTY3M2E1ZGY0NWVkNmQ5NzU4OTFmNjFjNTMxMjQ0ZTUyZTdhOWZjNGYwYWRiNTM0ZTQyNGEzMWQyZTYyMWFkMWZkNWY2YTZkZDFmOWNkMTljODg2MzkxNmYwMWViNWMzM2JhNTM5ZWMxYjY1NTA2ZTdmMTYzMjY2YTVjZTk1OTE5M2U0NzNhMGNhMWIwMmVhZjdmYzUyYjc3ZDRiM2Y2NDVlNDFjMDI2YTM0YjU0MGE5MDQzZDEyYmRjNzQzYzM5ODc5NTRhMDcyNGFiOTI4NWQ3MmE0OWUwODNlNGZlNmM3OGMxNGJiNDAzMzI5YTVlMWViNjM2Y2ZkYTg5ZTc1ZDk2ZmJjNTcwMTIyYjU3NWUxZWI2MzZjZmRhODllNzFkYTM0NTE0MDM3YmU5ODQzZTI3Y2Y5OGFjYWM5ZGI3YTg4Yjk5YTQ5NjAxNWYyOWQxZjYwNTJmM2JhOWFlMWI0MzY2Yzc4MmY5YzJlNDY3ODljZjc3ZDMzYjVkN2IyZWRlZjcyOGQ0N2ViZDJkN2Y1YTA5ZTJiYTk5NjUxMGZjNmExMTA3OTFjMjY0NTMyODQ3YjRiYjc3MDlkMmY4YzllY2ZlNzE2MTE1ZjNkMzRlZGRhMmFhOGU4NTA0NThiZTdiOWUzYTM0MDczZTFjNzgxZDFkYzY1ZTRjYzRiYTY3ZGE4NzE4ZjJjNDBmMGU5ZDZlNWU2Y2RiNzAyMzUyNDIyZGVkYmU4NWM4MDdlZTVkNDhkZjg0NGMwNGUwMzA1ZWM5ODJkNmIwMWRmMzg3MjZjZGRkMTVhMWI4YjI1YTdhMWVmNTI2MDUzYmYzYzFlYTBmYmM2MTI3MDMwNTcyNTU1MzQyYjA0ZmZjN2NjOTg4Y2Q2YjQ1M2JhMDQ1NmE3ODUzNDMzMmNmNDFiNWI0M2M5ODhmNmNkMDI2MjFlZDIwYzRhYjliMjU2YmM3ZDU1Yzg2OTBkZWZjNTVhYjA1NzdiYzQxZmY0MzAxNmE3OTRlNWVkMjRjNDc4ZDgzN2JhNDZhMDAwY2ExOGMwMDQ4MWEwMmUyZTcyZjIwYTE0N2MyMTUwMWI3Mjg0NWE0ZDY3YTFiYTEyYzI2MTljYzhkMGM5YzJhOWU1NDljYmY0ZDJlYTM5M2IxYTg5ZWQ4NjMxZWM4NmIwNDI0YzJkYzBjNDU=</encrypt></jdpay>';

export interface Speaker {
  merchant: string;
  /** Base64. */
  desKey: string;
  jdKeyPem: string;
}

const jd = newPair();
const stranger = newPair();
const merchantPair = newPair();
const codePair = newPair();

export const MAIN: Speaker = { merchant: '110000001', desKey: desKey('main'), jdKeyPem: jd.privateKey };
export const CODE: Speaker = { merchant: '110000002', desKey: desKey('code'), jdKeyPem: jd.privateKey };
export const strangerKeyPem = stranger.privateKey;

/** What a merchant would give us, with a simulator's addresses on this machine. */
export function merchantSettings(changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    merchant: MAIN.merchant,
    des_key: MAIN.desKey,
    merchant_private_key_pem: merchantPair.privateKey,
    jd_public_key_pem: jd.publicKey,
    md5_key: '0123456789abcdef0123456789abcdef',
    app_id: DEMO.appId,
    code_merchant: CODE.merchant,
    code_des_key: CODE.desKey,
    code_merchant_private_key_pem: codePair.privateKey,
    code_device: 'TILL01',
    pay_url: 'http://127.0.0.1:1/wepay/jdpay',
    h5_url: 'http://127.0.0.1:1/h5pay/jdpay',
    service_url: 'http://127.0.0.1:1/service',
    ...changed,
  };
}

export const merchantPublicKeyPem = merchantPair.publicKey;

export interface SaidMore {
  code?: string;
  desc?: string;
  /** The outside may say something else. */
  outer?: { merchant?: string; code?: string; desc?: string; version?: string };
  header?: string;
  /** What becomes of the signature before it is put in. */
  spell?: (sign: string) => string;
  /** What becomes of the inside after it was signed. */
  forge?: (text: string) => string;
}

/** A message of JD's: `inside` is XML, put behind the result as it is. */
export function speak(inside: string, by: Speaker = MAIN, more: SaidMore = {}): Buffer {
  const { code = '000000', desc = '成功', outer = {}, header = '<?xml version="1.0" encoding="UTF-8" ?>' } = more;
  const text = `${header}<jdpay><version>V2.0</version><merchant>${by.merchant}</merchant><result><code>${code}</code><desc>${desc}</desc></result>${inside}</jdpay>`;
  const sign = (more.spell ?? String)(signByHand(text, by.jdKeyPem));
  const whole = (more.forge ?? String)(text.replace('</jdpay>', `<sign>${sign}</sign></jdpay>`));
  const hex = tripleDes(Buffer.from(whole), by.desKey).toString('hex');
  return Buffer.from(
    `${header}<jdpay><version>${outer.version ?? 'V2.0'}</version><merchant>${outer.merchant ?? by.merchant}</merchant><result><code>${outer.code ?? code}</code><desc>${outer.desc ?? desc}</desc></result><encrypt>${Buffer.from(hex).toString('base64')}</encrypt></jdpay>`,
  );
}

/** 00 01, FF …, 00 and the digest's letters, to the power of d modulo n. */
function signByHand(text: string, keyPem: string): string {
  const { n = '', d = '' } = createPrivateKey(keyPem).export({ format: 'jwk' });
  const toNumber = (base64: string) => BigInt(`0x${Buffer.from(base64, 'base64url').toString('hex')}`);
  const letters = Buffer.from(createHash('sha256').update(text).digest('hex')).toString('hex');
  const modulus = toNumber(n);
  let base = BigInt(`0x0001${'ff'.repeat(128 - 3 - 64)}00${letters}`);
  let power = 1n;
  for (let exponent = toNumber(d); exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) power = (power * base) % modulus;
    base = (base * base) % modulus;
  }
  return Buffer.from(power.toString(16).padStart(256, '0'), 'hex').toString('base64');
}

/** A refusal that nobody signed. */
export function speakUnsigned(code: string, desc: string, by: Speaker = MAIN): Buffer {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><jdpay><version>V2.0</version><merchant>${by.merchant}</merchant><result><code>${code}</code><desc>${desc}</desc></result></jdpay>`,
  );
}

/** Length, data, zeros; every claim can be made wrong. */
export function tripleDes(data: Buffer, key: string, claimed = data.length): Buffer {
  const clear = Buffer.alloc(8 * Math.ceil((data.length + 4) / 8));
  clear.writeUInt32BE(claimed);
  clear.set(data, 4);
  const cipher = createCipheriv('des-ede3', Buffer.from(key, 'base64'), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.final()]);
}

/** `send` that answers one body after the other (null: nothing came) and remembers what was asked. */
export function answering(...bodies: (Buffer | null)[]): { send: Send; sent: OutboundRequest[] } {
  const sent: OutboundRequest[] = [];
  const send: Send = async (request) => {
    sent.push(request);
    const body = bodies[sent.length - 1];
    if (body === undefined) throw new Error(`nothing to answer to ${request.url}`);
    return body === null
      ? { kind: 'no_answer', reason: 'timed out' }
      : { kind: 'reply', status: 200, headers: {}, body };
  };
  return { send, sent };
}

function newPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function desKey(seed: string): string {
  return createHash('sha256').update(seed).digest().subarray(0, 24).toString('base64');
}

function pem(what: string, base64: string): string {
  return `-----BEGIN ${what}-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${what}-----\n`;
}
