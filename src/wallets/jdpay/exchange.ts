import { WALLET_CALL_TIMEOUT_MS, WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import type { WalletDeps } from '../wallet.ts';
import type { JdpayConfig, JdpayParty } from './config.ts';
import { encrypt } from './crypt.ts';
import type { Fields } from './requests.ts';
import { formText, signText } from './sign.ts';
import { openMessage, readOuter } from './verify.ts';
import { childText, toXml, type XmlElement } from './xml.ts';

/**
 * `answer`: signed, processed (000000) and about what was asked. `refused`: JD did not process the call; `isSigned` where
 * it vouches for saying so. What other codes than 000000 mean is not public, so a refusal alone ends nothing.
 */
export type Exchanged =
  | { kind: 'answer'; root: XmlElement }
  | { kind: 'refused'; code: string; desc: string; isSigned: boolean }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unknown'; reason: string };

export type Endpoint = 'uniorder' | 'fkmPay' | 'query' | 'refund' | 'revoke';

/** Asks once and believes only a verified answer that names what was asked about. */
export async function exchange(
  deps: WalletDeps,
  config: JdpayConfig,
  party: JdpayParty,
  endpoint: Endpoint,
  fields: Fields,
): Promise<Exchanged> {
  const exchanged = await ask(deps, `${config.serviceUrl}/${endpoint}`, party, fields);
  if (exchanged.kind !== 'answer') {
    const why = exchanged.kind === 'refused' ? `refused: ${exchanged.code}` : exchanged.reason;
    const facts = { wallet: 'jdpay', endpoint, orderNo: fields['tradeNum'], reason: why };
    deps.log.warn(facts, 'no answer that can be used');
  }
  return exchanged;
}

/** A browser's form: everything encrypted but version, merchant and the signature over the clear values. */
export function sealedForm(party: JdpayParty, fields: Fields): Fields {
  const { version = '', merchant = '', ...rest } = fields;
  const sealed = Object.entries(rest)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [name, encrypt(value, party.desKey)] as const);
  return { version, merchant, ...Object.fromEntries(sealed), sign: signText(formText(fields), party.privateKey) };
}

async function ask(deps: WalletDeps, url: string, party: JdpayParty, fields: Fields): Promise<Exchanged> {
  const reply = await deps.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/xml; charset=UTF-8' },
    body: sealedXml(party, fields),
    timeoutMs: WALLET_CALL_TIMEOUT_MS,
    replyBytesMax: WALLET_REPLY_BYTES_MAX,
  });
  if (reply.kind === 'not_sent') return reply;
  if (reply.kind === 'no_answer') return { kind: 'unknown', reason: reply.reason };
  if (reply.status !== 200) return { kind: 'unknown', reason: `HTTP status ${reply.status}` };
  const outer = readOuter(reply.body);
  if (outer === null) return { kind: 'unknown', reason: 'the answer is not readable' };
  const opened = openMessage(party, outer);
  if (opened.kind === 'unbelieved') return { kind: 'unknown', reason: opened.reason };
  const { code, desc } = opened;
  if (opened.kind === 'refusal') return { kind: 'refused', code, desc, isSigned: false };
  if (code !== '000000') return { kind: 'refused', code, desc, isSigned: true };
  const other = ECHOED.find((name) => fields[name] !== undefined && childText(opened.root, name) !== fields[name]);
  if (other !== undefined) return { kind: 'unknown', reason: `the answer has another ${other}` };
  return { kind: 'answer', root: opened.root };
}

/** What an answer repeats of its request, where the request has it. */
const ECHOED = ['tradeNum', 'oTradeNum'] as const;

/** The signature goes inside, before the end; base64 of the hex goes outside. Source: JD Pay V2.0. */
function sealedXml(party: JdpayParty, fields: Fields): string {
  const text = toXml(fields);
  const sign = signText(text, party.privateKey);
  const inside = text.replace('</jdpay>', () => `<sign>${sign}</sign></jdpay>`);
  const hex = encrypt(inside, party.desKey);
  return toXml({ version: 'V2.0', merchant: party.merchant, encrypt: Buffer.from(hex).toString('base64') });
}
