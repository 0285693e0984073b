import type { Fault } from '../ground/fault.ts';
import { type Result, RESULTS } from './codes.ts';
import { seal, unseal } from './crypt.ts';
import type { SandboxKeys, SandboxMerchant } from './keys.ts';
import { isSigned, sign } from './sign.ts';
import { type Content, readDocument, writeDocument } from './xml.ts';

export type Fields = ReadonlyMap<string, string>;

export type Opened =
  | { ok: true; merchant: SandboxMerchant; fields: Fields }
  | { ok: false; result: Result; merchant: SandboxMerchant | null; merchantNo: string };

const SIGN = /<sign>([^<]*)<\/sign>/;

/** Opens a merchant's call: the outside, the inside under Triple DES, the signature over the inside without it. */
export function openCall(keys: SandboxKeys, body: unknown): Opened {
  const outer = Buffer.isBuffer(body) ? readDocument(body.toString('utf8')) : null;
  const merchantNo = outer?.get('merchant') ?? '';
  const merchant = keys.merchants.get(merchantNo) ?? null;
  const no = (result: Result): Opened => ({ ok: false, result, merchant, merchantNo });
  if (outer === null || outer.get('version') !== 'V2.0') return no(RESULTS.malformed);
  if (merchant === null) return no(RESULTS.noMerchant);
  const hex = Buffer.from(outer.get('encrypt') ?? '', 'base64').toString('latin1');
  const text = unseal(hex, merchant.desKey);
  if (text === null) return no(RESULTS.malformed);
  const signature = SIGN.exec(text)?.[1] ?? '';
  const signed = text.replace(SIGN, '');
  if (!isSigned(signed, signature, merchant.publicKey)) return no(RESULTS.unsigned);
  const fields = readDocument(signed);
  if (fields === null) return no(RESULTS.malformed);
  if (fields.get('version') !== 'V2.0' || fields.get('merchant') !== merchantNo) return no(RESULTS.malformed);
  return { ok: true, merchant, fields };
}

/** The facts of an answer or a notification, in the order in which they are written. */
export type Facts = readonly (readonly [name: string, content: Content])[];

/**
 * Signs and seals what JD says to a merchant. As on the wire, some signatures are broken into lines and some headers have a
 * blank before their end; which, depends on the text, so the same message is always written the same.
 */
export function sealMessage(
  keys: SandboxKeys,
  merchant: SandboxMerchant,
  result: Result,
  facts: Facts,
  fault: Fault | null,
): string {
  const inside: Facts = [
    ['version', 'V2.0'],
    ['merchant', merchant.merchantNo],
    [
      'result',
      [
        ['code', result.code],
        ['desc', result.desc],
      ],
    ],
    ...facts,
  ];
  const headerNo = oddity(JSON.stringify(inside)) % 2 === 0 ? 0 : 1;
  const text = writeDocument(inside, headerNo);
  const plain = sign(text, keys.jdKey);
  const spelled = oddity(plain) % 2 === 0 ? plain : (plain.match(/.{1,76}/g) ?? []).join('\n');
  const signature = fault?.kind === 'bad_signature' ? spoil(spelled) : spelled;
  const hex = seal(text.replace('</jdpay>', `<sign>${signature}</sign></jdpay>`), merchant.desKey);
  return writeDocument(
    [
      ['version', 'V2.0'],
      ['merchant', merchant.merchantNo],
      [
        'result',
        [
          ['code', result.code],
          ['desc', result.desc],
        ],
      ],
      ['encrypt', Buffer.from(hex, 'latin1').toString('base64')],
    ],
    headerNo,
  );
}

/** An answer to somebody whose call could not be believed: nothing is signed, nothing is told. */
export function bareRefusal(merchantNo: string, result: Result): string {
  const known = /^[0-9A-Za-z]{1,30}$/.test(merchantNo) ? merchantNo : '';
  return writeDocument(
    [
      ['version', 'V2.0'],
      ['merchant', known],
      [
        'result',
        [
          ['code', result.code],
          ['desc', result.desc],
        ],
      ],
    ],
    0,
  );
}

function oddity(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return sum;
}

/** One letter changed, still well-formed. */
function spoil(signature: string): string {
  return (signature.startsWith('a') ? 'b' : 'a') + signature.slice(1);
}
