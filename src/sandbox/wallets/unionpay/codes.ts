/** What the gateway says beside a respCode: our words, with the 7-digit inner code in brackets as on the wire. */
const TEXTS: Record<string, readonly [zh: string, en: string, inner: string]> = {
  '00': ['成功', 'Success', '0000000'],
  '01': ['交易失败', 'Failed', '8000001'],
  '02': ['系统未开放或已关闭', 'System not open', '8000002'],
  '03': ['交易通讯超时', 'Communication timed out', '8000003'],
  '04': ['交易状态未明', 'State not known', '8090001'],
  '05': ['交易已受理，请稍后查询', 'Accepted, ask later', '6154037'],
  '06': ['系统繁忙，请稍后再试', 'System busy', '8000006'],
  '10': ['报文格式错误', 'Message format error', '9100001'],
  '11': ['验证签名失败', 'Signature verification failed', '9100004'],
  '12': ['重复交易', 'Duplicate transaction', '2040012'],
  '13': ['报文交易要素缺失', 'Required field missing', '9100013'],
  '30': ['交易未通过', 'Rejected', '8000030'],
  '31': ['商户状态不正确', 'Merchant not known or not active', '3100031'],
  '32': ['无此交易权限', 'No permission for this transaction', '3100032'],
  '33': ['交易金额超限', 'Amount over limit', '2040033'],
  '34': ['查无此交易', 'No such transaction', '2600000'],
  '35': ['原交易不存在或状态不正确', 'Original not found or in wrong state', '2050035'],
  '36': ['与原交易信息不符', 'Differs from the original', '2050036'],
  '37': ['已超过最大查询次数', 'Queried too often', '2600037'],
  '38': ['风险受限', 'Risk control', '4000038'],
  '39': ['交易不在受理时间范围内', 'Outside the allowed time', '2050039'],
  '42': ['扣款成功但交易超过规定支付时间', 'Debited after the pay time-out', '2050042'],
  '45': ['原交易已被退货或撤销', 'Original already refunded or voided', '2050045'],
  '46': ['原交易已被冲正', 'Original already reversed', '2050046'],
  '60': ['交易失败，详情请咨询发卡行', 'Refused by the issuer', '5000060'],
  '61': ['卡号无效', 'Card number invalid', '5000061'],
  '62': ['发卡行不支持该交易', 'Not supported by the issuer', '5000062'],
  '63': ['卡状态不正确', 'Card state abnormal', '5000063'],
  '64': ['卡上余额不足', 'Insufficient funds', '5000064'],
  '65': ['密码错误', 'Wrong password', '5000065'],
  '66': ['持卡人信息或手机号不正确', 'Identity or phone wrong', '5000066'],
  '67': ['密码输入次数超限', 'Too many wrong passwords', '5000067'],
  '68': ['银行卡暂不支持该业务', 'Card not supported', '5000068'],
  '69': ['用户支付超时', 'The payer took too long', '2050069'],
  '70': ['交易已跳转，等待用户支付', 'Waiting for the payer', '6154070'],
  '73': ['支付卡已过期', 'Card expired', '5000073'],
  '81': ['月累计交易金额超限', 'Monthly limit', '5000081'],
  '83': ['发卡行交易处理中', 'The issuer is processing', '6154083'],
  '98': ['文件不存在', 'File does not exist', '7600098'],
  '99': ['通用错误', 'Generic failure', '8000099'],
  A6: ['有缺陷的成功', 'Success with a flaw', '0000006'],
};

/** `respMsg` as on the wire; `detail` replaces the usual text. Nobody may branch on the inner code. */
export function respMsg(code: string, detail?: string): string {
  const [zh, , inner] = TEXTS[code] ?? ['交易失败', '', '8000000'];
  return `${detail ?? zh}[${inner}]`;
}

/** The usual text for people. */
export function respText(code: string, language: 'zh' | 'en'): string {
  const [zh, en] = TEXTS[code] ?? ['交易失败', 'Failed'];
  return language === 'zh' ? zh : en;
}

/** Why a payer's attempt can be made to fail on the page and through the control. */
export const DECLINE_CODES = ['60', '61', '62', '63', '64', '65', '66', '67', '68', '73', '38', '33', '81'] as const;

/** A refund, void or order answered with one of these may still have been done: the merchant has to ask. */
export const UNCLEAR_CODES: ReadonlySet<string> = new Set(['03', '04', '05', '70', '83']);
