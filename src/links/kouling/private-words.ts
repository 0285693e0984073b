/**
 * Beside these a code belongs to its reader alone: of an SMS, an order, a parcel, a password. Nothing in such a text is taken for a token of an
 * app. In simplified characters.
 */
const PRIVATE_WORDS = [
  '验证码',
  '校验码',
  '动态码',
  '动态密码',
  '取件码',
  '取货码',
  '提货码',
  '确认码',
  '安全码',
  '授权码',
  '激活码',
  '兑换码',
  '券码',
  '核销码',
  '序列号',
  '单号',
  '订单编号',
  '流水号',
  '交易号',
  '车牌',
  '卡号',
  '账号',
  '尾号',
  '密码',
  '快递柜',
  '丰巢',
  '请勿泄露',
  '勿转发',
  '退订',
] as const;
const PRIVATE = new RegExp(
  `${PRIVATE_WORDS.join('|')}|\\b(?:verification|security|confirmation|passcode|one[- ]time|OTP|2FA|password|passwd|pwd|secret|api[ _-]?key|tracking (?:number|no)|order (?:number|no|id)|serial|licen[cs]e key|invoice|booking|commit|sha1|md5|Wi-?Fi|SSID)\\b`,
  'i',
);

/** The text is folded and simplified. */
export function looksPrivate(text: string): boolean {
  return PRIVATE.test(text);
}
