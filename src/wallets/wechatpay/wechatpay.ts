import type { RefreshReply, Wallet, WalletDeps } from '../wallet.ts';
import { fetchPlatformCertificates } from './certificates.ts';
import { readConfig, WECHATPAY_SCENES, type WechatpayConfig } from './config.ts';
import { identify } from './identify.ts';
import { readNotification } from './notification.ts';
import { cancel, pay, query } from './orders.ts';
import { queryRefund, refund } from './refunds.ts';
import { statement } from './statement.ts';

/** WeChat Pay (微信支付), API v3, for a merchant with a contract of its own. */
export const wechatpay: Wallet<WechatpayConfig> = {
  name: 'wechatpay',
  docsUrl: 'https://pay.weixin.qq.com/doc/v3/merchant/4012791877',
  can: {
    scenes: WECHATPAY_SCENES,
    currencies: ['CNY'],
    closeUnpaid: true,
    cancelUndoes: false,
    voidPaid: false,
    refundWindowDays: 365, // WeChat Pay API v3
    askAfterSeconds: [5, 30, 60, 180, 300, 600, 1800, 7200],
    // Documented: first after a minute; to a wallet within 5 minutes, to a card within 1 to 3 working days.
    askRefundAfterSeconds: [60, 300, 1200, 3600, 21_600, 86_400, 259_200, 604_800],
    paymentCode: {
      pattern: /^1[0-5][0-9]{16}$/, // 18 digits beginning 10 to 15
      askAfterSeconds: [5, 10, 15, 20, 25, 30, 35, 40],
      undoAfterSeconds: 45, // documented: poll up to 30 to 45 s, then reverse; never within 15 s of the charge
    },
  },
  secretFields: [
    'payer',
    'auth_code',
    'openid',
    'secret',
    'code',
    'access_token',
    'refresh_token',
    'ciphertext',
    'prepay_id',
    'resource',
  ],
  readConfig,
  merchantNo: (config) => config.mchid,
  environment: (config) => config.environment,
  scenes: (config) => config.scenes,
  pay,
  query,
  cancel,
  refund,
  queryRefund,
  readNotification,
  acknowledgement: {
    status: 200,
    contentType: 'application/json',
    body: '{"code":"SUCCESS","message":"成功"}', // any 200 or 204 will do; older pages of theirs want this body
  },
  identify,
  statement,
  refresh: { fetch: refresh },
};

/** Certificates are replaced by WeChat Pay from time to time, old and new side by side; a public key never is. */
async function refresh(deps: WalletDeps, config: WechatpayConfig): Promise<RefreshReply> {
  const known = [...config.platformKeys].filter(([, key]) => key.validTo !== null).map(([serialNo]) => serialNo);
  if (known.length === 0) return { kind: 'settings', settings: {} };
  const reply = await fetchPlatformCertificates(deps, config);
  if (reply.kind !== 'certificates') return reply;
  const now = reply.certificates.map((certificate) => certificate.serialNo);
  const isSame = now.length === known.length && now.every((serialNo) => known.includes(serialNo));
  const pems = reply.certificates.map((certificate) => certificate.pem).join('\n');
  return { kind: 'settings', settings: isSame ? {} : { platform_certificates_pem: pems } };
}
