import { SANDBOX_FORM_FIELDS_MAX } from '../../../base/limits.ts';
import { type Call, type Gateway, gatewayNode, type Node } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { type Fields, isTextSigned, requestString } from './sign.ts';
import { fromStamp } from './stamp.ts';

export type Checked =
  | { ok: true; call: Call }
  /** Without a merchant that is known, a refusal is not signed. */
  | { ok: false; method: string; merchant: SandboxMerchant | null; node: Node };

const METHODS: ReadonlySet<string> = new Set([
  'alipay.trade.page.pay',
  'alipay.trade.wap.pay',
  'alipay.trade.app.pay',
  'alipay.trade.precreate',
  'alipay.trade.create',
  'alipay.trade.pay',
  'alipay.trade.query',
  'alipay.trade.close',
  'alipay.trade.cancel',
  'alipay.trade.refund',
  'alipay.trade.fastpay.refund.query',
  'alipay.data.dataservice.bill.downloadurl.query',
  'alipay.system.oauth.token',
  'alipay.open.app.alipaycert.download',
]);

/** Public parameters as they came, from the query and the body together. Null when one comes twice. */
export function readParams(query: string, body: unknown): Fields | null {
  const params: Fields = {};
  const form = Buffer.isBuffer(body) ? body.toString('utf8') : '';
  const pairs = [...new URLSearchParams(query), ...new URLSearchParams(form)];
  if (pairs.length > SANDBOX_FORM_FIELDS_MAX) return null;
  for (const [name, value] of pairs) {
    if (Object.hasOwn(params, name)) return null;
    params[name] = value;
  }
  return params;
}

/**
 * The gateway's own checks, in its order: application, method, the fixed parameters, certificate numbers, the signature over
 * everything that came, and then the content. How old the timestamp is does not matter: some SDKs write their own zone.
 */
export function checkRequest(gateway: Gateway, params: Fields): Checked {
  const method = params.method ?? '';
  const refuse = (merchant: SandboxMerchant | null, code: string, subCode: string): Checked => ({
    ok: false,
    method,
    merchant,
    node: gatewayNode(code, subCode),
  });
  const merchant = gateway.keys.merchants.get(params.app_id ?? '');
  if (merchant === undefined) return refuse(null, '40002', 'isv.invalid-app-id');
  if (method === '') return refuse(merchant, '40001', 'isv.missing-method');
  if (!METHODS.has(method)) return refuse(merchant, '40002', 'isv.invalid-method');
  if (params.version !== '1.0') return refuse(merchant, '40002', 'isv.invalid-version');
  if (params.charset?.toLowerCase() !== 'utf-8') return refuse(merchant, '40002', 'isv.invalid-charset');
  if (params.sign_type !== 'RSA2') return refuse(merchant, '40002', 'isv.invalid-signature-type');
  if (fromStamp(params.timestamp ?? '') === null) return refuse(merchant, '40002', 'isv.invalid-timestamp');
  if (!params.sign) return refuse(merchant, '40001', 'isv.missing-signature');
  const { serials } = merchant;
  const namesSerials = params.app_cert_sn === serials?.app && params.alipay_root_cert_sn === serials?.root;
  if (!namesSerials || !isTextSigned(requestString(params), params.sign, merchant.publicKey)) {
    return refuse(merchant, '40002', 'isv.invalid-signature');
  }
  const content = readContent(params.biz_content);
  if (content === null) return refuse(merchant, '40002', 'isv.invalid-parameter');
  return { ok: true, call: { merchant, method, params, content } };
}

function readContent(text: string | undefined): Record<string, unknown> | null {
  if (text === undefined) return {};
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return null;
    return { ...content };
  } catch {
    return null;
  }
}
