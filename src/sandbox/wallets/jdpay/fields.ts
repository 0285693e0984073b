import { fromStamp } from '../ground/stamp.ts';
import { detailed, type Result, RESULTS } from './codes.ts';
import type { SandboxMerchant } from './keys.ts';
import type { Fields } from './message.ts';

export type Operation = 'saveOrder' | 'uniorder' | 'fkmPay' | 'query' | 'queryRefund' | 'refund' | 'revoke';

const ORDER = ['tradeNum', 'tradeName', 'tradeTime', 'amount', 'currency', 'orderType', 'notifyUrl', 'userId'];
const ORDER_MORE = (
  'userType device tradeDesc note ip expireTime industryCategoryCode payMerchant specCardNo specId specName goodsInfo ' +
  'orderGoodsNum vendorId receiverInfo termInfo riskInfo settleCurrency kjInfo installmentNum preProduct bizTp ' +
  'payChannel callbackUrl'
).split(' ');
const FKM_MORE = (
  'device tradeDesc industryCategoryCode note notifyUrl orderGoodsNum vendorId goodsInfoList receiverInfo termInfo ' +
  'payMerchant riskInfo bizTp'
).split(' ');
const UNDO = ['tradeNum', 'oTradeNum', 'amount', 'currency', 'tradeTime'];

/** Fact sheet 4: what has to be there, and what else may be. `business`: which of a shop's two numbers may ask. */
const RULES: Readonly<Record<Operation, { business: 'main' | 'code' | 'both'; required: string[]; more: string[] }>> = {
  saveOrder: { business: 'main', required: [...ORDER, 'callbackUrl'], more: ORDER_MORE },
  uniorder: { business: 'main', required: [...ORDER, 'tradeType'], more: ORDER_MORE },
  fkmPay: {
    business: 'code',
    required: ['token', 'tradeNum', 'tradeName', 'tradeTime', 'amount', 'currency'],
    more: FKM_MORE,
  },
  query: { business: 'both', required: ['tradeNum', 'tradeType'], more: ['oTradeNum'] },
  queryRefund: { business: 'both', required: ['oTradeNum'], more: ['tradeNum'] },
  refund: { business: 'both', required: UNDO, more: ['notifyUrl', 'note', 'device', 'termInfoId', 'cert'] },
  revoke: { business: 'both', required: UNDO, more: ['note', 'device', 'termInfoId', 'cert'] },
};

const FORMS: Readonly<Record<string, RegExp>> = {
  tradeNum: /^[0-9A-Za-z]{1,50}$/,
  oTradeNum: /^[0-9A-Za-z]{1,50}$/,
  amount: /^[1-9][0-9]{0,11}$/,
  currency: /^CNY$/,
  orderType: /^[01]$/,
  token: /^62[0-9]{16,17}$/,
  expireTime: /^[1-9][0-9]{0,6}$/,
  notifyUrl: /^https?:\/\/[^\s]{1,240}$/,
  callbackUrl: /^https?:\/\/[^\s]{1,240}$/,
};
const TRADE_TYPES: Partial<Record<Operation, readonly string[]>> = { uniorder: ['GEN', 'QR'], query: ['0', '1'] };

/** What is wrong with a call that is rightly signed; null when nothing is. */
export function findWrong(operation: Operation, merchant: SandboxMerchant, fields: Fields): Result | null {
  const { business, required, more } = RULES[operation];
  if (business !== 'both' && business !== merchant.business) return RESULTS.noMerchant;
  const missing = required.find((name) => !fields.get(name));
  if (missing !== undefined) return detailed(RESULTS.missing, missing);
  const known = ['version', 'merchant', 'sign', ...required, ...more];
  const foreign = [...fields.keys()].find((name) => !known.includes(name));
  if (foreign !== undefined) return detailed(RESULTS.missing, foreign);
  const malformed = [...fields].find(([name, value]) => value !== '' && FORMS[name]?.test(value) === false);
  if (malformed !== undefined) return detailed(RESULTS.missing, malformed[0]);
  const tradeTime = fields.get('tradeTime');
  if (tradeTime !== undefined && fromStamp(tradeTime) === null) return detailed(RESULTS.missing, 'tradeTime');
  const tradeTypes = TRADE_TYPES[operation];
  if (tradeTypes !== undefined && !tradeTypes.includes(fields.get('tradeType') ?? '')) {
    return detailed(RESULTS.missing, 'tradeType');
  }
  const isRefundQuery = operation === 'query' && fields.get('tradeType') === '1';
  return isRefundQuery && !fields.get('oTradeNum') ? detailed(RESULTS.missing, 'oTradeNum') : null;
}
