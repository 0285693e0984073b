import { isId } from '../../base/id.ts';
import { type PaymentCodePattern, readPaymentCode } from '../../qr/payment-code.ts';
import { wallets } from '../../wallets/registry.ts';
import { payLabel } from '../../wallets/wallet-names.ts';
import type { WalletName } from '../../wallets/wallet.ts';
import { type SimulatorName } from '../settings.ts';
import { describeEmv, type EmvField, explainFault } from './describe-emv.ts';

/** What a scanned text is, in words. */
export interface TextDescription {
  kind: 'own_code' | 'own_payment' | 'wallet_code' | 'payment_code' | 'emv' | 'address' | 'unknown';
  /** One sentence. It holds no letter of the text that a terminal would act on. */
  what: string;
  /** Whose code it is, or which wallets' codes look like it; empty where it is no wallet's. */
  wallets: WalletName[];
  /** Its parts, as they stand in it: from outside, so not to be printed as they are. */
  fields: EmvField[];
  /** Null where the text keeps every rule of its kind. */
  fault: string | null;
  /** A command that tells more; null for none. */
  next: string | null;
}

/** Where this server and its simulators are, so that their addresses are known. */
export interface Places {
  publicUrl: string;
  /** Empty in live mode. */
  simulatorPorts: Readonly<Partial<Record<SimulatorName, number>>>;
}

const UNKNOWN: TextDescription = { kind: 'unknown', what: '', wallets: [], fields: [], fault: null, next: null };

/** By the text's form alone: nobody is asked. */
export function describeText(given: string, places: Places): TextDescription {
  const text = given.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  return (
    (url === null ? null : (describeOwn(url, places) ?? describeWallets(url, places))) ??
    describeCode(text) ??
    describePaymentCode(text) ??
    (url === null ? null : describeAddress(url)) ?? {
      ...UNKNOWN,
      what: text === '' ? 'Nothing.' : 'Nothing that is known here: no address, no code of a wallet, no EMVCo code.',
    }
  );
}

function describeOwn(url: URL, { publicUrl }: Places): TextDescription | null {
  const here = new URL(publicUrl).origin;
  const [, kind, id = '', ...rest] = url.pathname.split('/');
  const isCode = kind === 'q' && isId('qr', id) && rest.length === 0;
  const isPayment = kind === 'c' && isId('pay', id) && rest.length === 1;
  if (!/^https?:$/.test(url.protocol) || !(isCode || isPayment)) return null;
  const thing = isCode ? "a shop's code (聚合码)" : "a payment's cashier";
  const isHere = url.origin === here;
  return {
    ...UNKNOWN,
    kind: isCode ? 'own_code' : 'own_payment',
    what: isHere
      ? `The address of ${thing} here, for every wallet.`
      : `By its form the address of ${thing} of a Hutong at ${url.origin}; this one is at ${here}.`,
    fields: [field('id', id)],
    next: isHere ? `hutong ${isCode ? 'qr' : 'payment'} show ${id}` : null,
  };
}

/** Codes as wallets document them; first come, first served. */
const FORMS: readonly {
  wallet: WalletName;
  protocol: RegExp;
  host: string | null;
  path: RegExp;
  what: string;
  /** Parts of the query worth telling. */
  query?: readonly string[];
}[] = [
  {
    wallet: 'wechatpay',
    protocol: /^weixin:$/,
    host: null,
    path: /bizpayurl/, // weixin://wxpay/bizpayurl?pr=… and weixin://pay.weixin.qq.com/bizpayurl/up?pr=…
    what: 'an order at WeChat Pay (Native支付): for one payment, scanned by WeChat itself',
    query: ['pr'],
  },
  {
    wallet: 'wechatpay',
    protocol: /^https:$/,
    host: 'wx.tenpay.com',
    path: /^\/cgi-bin\/mmpayweb-bin\/checkmweb$/,
    what: "the page of an order at WeChat Pay (H5支付): it opens only from the shop's own page",
  },
  {
    wallet: 'wechatpay',
    protocol: /^(weixin|wxp):$/,
    host: null,
    path: /^/,
    what: "a code of WeChat's, by its scheme, but not of the form that orders have",
  },
  {
    wallet: 'alipay',
    protocol: /^https:$/,
    host: 'qr.alipay.com',
    path: /^\/bax[0-9a-z]+$/i,
    what: 'an order at Alipay (当面付): for one payment, within two hours',
  },
  {
    wallet: 'alipay',
    protocol: /^https:$/,
    host: 'qr.alipay.com',
    path: /^/,
    what: "a code of Alipay's, by its address, but not of the form that orders have",
  },
  {
    wallet: 'unionpay',
    protocol: /^https:$/,
    host: 'qr.95516.com',
    path: /^\/qrcGtwWeb-web\/api\/userAuth$/,
    what: "the step at UnionPay by which a page inside a wallet learns who pays; the shop's own page comes after it",
    query: ['redirectUrl'],
  },
  {
    wallet: 'unionpay',
    protocol: /^https:$/,
    host: 'qr.95516.com',
    path: /^/,
    what: "a code of UnionPay's network: 云闪付, the banks' apps, 京东 and 美团 scan it",
  },
  {
    wallet: 'jdpay',
    protocol: /^https:$/,
    host: 'h5pay.jd.com',
    path: /^\/code$/,
    what: 'an order at JD Pay: for one payment',
    query: ['c'],
  },
];

function describeWallets(url: URL, { simulatorPorts }: Places): TextDescription | null {
  const port = Number(url.port);
  const [simulator] =
    Object.entries(simulatorPorts).find(([, at]) => url.hostname === '127.0.0.1' && at === port) ?? [];
  const name = Object.values(wallets).find((wallet) => wallet.name === simulator)?.name;
  if (name !== undefined)
    return {
      ...UNKNOWN,
      kind: 'wallet_code',
      what: `An address of the sandbox's pretend ${payLabel(name, '').en}.`,
      wallets: [name],
    };
  const form = FORMS.find(
    ({ protocol, host, path }) =>
      protocol.test(url.protocol) &&
      (host === null || (url.hostname === host && url.port === '')) &&
      path.test(host === null ? `${url.hostname}${url.pathname}` : url.pathname),
  );
  if (form === undefined) return null;
  const shown = (form.query ?? []).flatMap((part) => {
    const value = url.searchParams.get(part);
    return value === null ? [] : [field(part, value)];
  });
  const fields = form.wallet === 'unionpay' ? [...unionpayFields(url), ...shown] : shown;
  return { ...UNKNOWN, kind: 'wallet_code', what: `${upper(form.what)}.`, wallets: [form.wallet], fields };
}

/** `/00010000/<digits>`: whose code it is, 00010000 being UnionPay itself, and its number there. */
function unionpayFields(url: URL): EmvField[] {
  const [, institution = '', number = ''] = /^\/(\d{8})\/(\d+)$/.exec(url.pathname) ?? [];
  if (institution === '') return [];
  const whose = institution === '00010000' ? 'UnionPay itself' : null;
  return [{ ...field('institution', institution), meaning: whose }, field('number', number)];
}

/** 000201 is how an EMVCo code begins; what only begins so is told with what is wrong. */
function describeCode(text: string): TextDescription | null {
  if (!text.startsWith('0002')) return null;
  const { fault, fields } = describeEmv(text);
  return {
    ...UNKNOWN,
    kind: 'emv',
    what:
      fault === null
        ? 'An EMVCo merchant-presented code; every rule is kept.'
        : 'By its beginning an EMVCo merchant-presented code, but it breaks a rule: wallets refuse it.',
    fields,
    fault: fault === null ? null : explainFault(fault),
  };
}

function describePaymentCode(text: string): TextDescription | null {
  const rules = Object.values(wallets).flatMap(({ name, can }): PaymentCodePattern<WalletName>[] =>
    can.paymentCode === null ? [] : [{ name, pattern: can.paymentCode.pattern }],
  );
  const reading = readPaymentCode(text, rules);
  if (reading.kind === 'refused')
    return reading.reason === 'not_a_payment_code'
      ? { ...UNKNOWN, what: 'Digits, but no payment code (付款码) of a wallet that is known here.' }
      : null;
  const names = reading.wallets.map((name) => `${payLabel(name, '')['zh-CN']} (${payLabel(name, '').en})`);
  const network = reading.wallets.includes('unionpay') ? "; every app of UnionPay's network shows such codes" : '';
  return {
    ...UNKNOWN,
    kind: 'payment_code',
    what: `A buyer's payment code (付款码) of ${names.join(' or ')}, ${reading.code.length} digits${network}. It is money for about a minute: a shop charges it, nobody writes it down.`,
    wallets: reading.wallets,
  };
}

function describeAddress(url: URL): TextDescription | null {
  if (!/^https?:$/.test(url.protocol))
    return {
      ...UNKNOWN,
      kind: 'address',
      what: `An address of the scheme ${url.protocol} that no wallet is known by.`,
    };
  const warning = url.username === '' ? '' : ' What stands before the @ only looks like its name.';
  return { ...UNKNOWN, kind: 'address', what: `An address at ${url.host}: no wallet's and not ours.${warning}` };
}

function field(name: string, value: string): EmvField {
  return { tag: '', name, value, meaning: null };
}

function upper(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
