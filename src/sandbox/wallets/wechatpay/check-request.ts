import type { FastifyRequest } from 'fastify';
import { SANDBOX_WECHATPAY_SKEW_SECONDS } from '../../../base/limits.ts';
import { type Gateway, refuse, type Refused } from './gateway.ts';
import type { SandboxMerchant, SigningKey } from './keys.ts';
import { isRequestSigned, readAuthorization } from './sign.ts';

export type Checked = { ok: true; merchant: SandboxMerchant } | { ok: false; refusal: Refused };

/** Who is asking. Source: API v3, 签名生成: everything wrong about it is 401 SIGN_ERROR. */
export function checkRequest(gateway: Gateway, request: FastifyRequest): Checked {
  const no = (why: string): Checked => ({ ok: false, refusal: refuse('SIGN_ERROR', why) });
  const said = readAuthorization(request.headers.authorization);
  if (said === null) return no('Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》');
  const merchant = gateway.keys.merchants.get(said.mchid);
  if (merchant === undefined) return no('商户号不存在');
  if (said.serialNo !== merchant.serialNo) return no('商户证书序列号有误');
  const skewSeconds = Math.abs(gateway.clock.now().getTime() / 1000 - Number(said.timestamp));
  if (!/^\d{1,12}$/.test(said.timestamp) || skewSeconds > SANDBOX_WECHATPAY_SKEW_SECONDS)
    return no('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟');
  if (said.nonce.length > 32) return no('随机串过长');
  const raw = { method: request.method, target: request.raw.url ?? '', body: bodyOf(request) };
  return isRequestSigned(merchant.publicKey, said, raw) ? { ok: true, merchant } : no('签名错误，请检查后再试');
}

export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/**
 * The merchant chooses by a header: the id of the public key asks for the public key, anything else for a certificate.
 * Source: API v3, 切换公钥. A merchant without certificates has nothing else.
 */
export function signerOf(gateway: Gateway, merchant: SandboxMerchant | null, request: FastifyRequest): SigningKey {
  const { publicKey, current } = gateway.keys;
  const isAskedFor = request.headers['wechatpay-serial'] === publicKey.serial;
  return isAskedFor || merchant?.mode === 'public_key' ? publicKey : current;
}
