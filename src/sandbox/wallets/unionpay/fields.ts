export type Operation =
  | 'front'
  | 'app'
  | 'qr'
  | 'jsapi'
  | 'code'
  | 'userId'
  | 'query'
  | 'refund'
  | 'void'
  | 'reversal'
  | 'certificate'
  | 'file';
export type Endpoint = 'front' | 'app' | 'newApp' | 'back' | 'query' | 'file';

// UnionPay 5.1.0, txnType and txnSubType: which pairs an endpoint knows. 银联二维码: 主扫 01/07, 被扫 01/06; 银联 JS 支付: newApp.
const OPERATIONS: Record<Endpoint, Record<string, Operation>> = {
  front: { '01/01': 'front' },
  app: { '01/01': 'app' },
  newApp: { '00/10': 'userId', '01/01': 'jsapi', '04/00': 'refund' },
  back: {
    '01/06': 'code',
    '01/07': 'qr',
    '04/00': 'refund',
    '31/00': 'void',
    '99/01': 'reversal',
    '95/00': 'certificate',
  },
  query: { '00/00': 'query', '00/02': 'query' },
  file: { '76/01': 'file' },
};

export function operationOf(endpoint: Endpoint, fields: Record<string, string>): Operation | null {
  return OPERATIONS[endpoint][`${fields.txnType}/${fields.txnSubType}`] ?? null;
}

/** Every request has these; without them nobody can tell who asks for what. */
export const ENVELOPE = [
  'version',
  'encoding',
  'signMethod',
  'txnType',
  'txnSubType',
  'bizType',
  'accessType',
  'merId',
];

export const REQUIRED: Record<Operation, readonly string[]> = {
  front: ['channelType', 'orderId', 'txnTime', 'txnAmt', 'currencyCode', 'frontUrl', 'backUrl'],
  app: ['channelType', 'orderId', 'txnTime', 'txnAmt', 'currencyCode', 'backUrl'],
  qr: ['channelType', 'orderId', 'txnTime', 'txnAmt', 'currencyCode', 'backUrl'],
  jsapi: ['channelType', 'orderId', 'txnTime', 'txnAmt', 'currencyCode', 'backUrl', 'appUserId', 'tradeType'],
  code: ['channelType', 'orderId', 'txnTime', 'txnAmt', 'currencyCode', 'backUrl', 'qrNo'],
  userId: ['channelType', 'orderId', 'txnTime', 'userAuthCode', 'appUpIdentifier'],
  query: [],
  refund: ['channelType', 'orderId', 'txnTime', 'txnAmt', 'backUrl'],
  void: ['channelType', 'orderId', 'txnTime', 'txnAmt', 'backUrl'],
  reversal: ['channelType', 'orderId', 'txnTime'],
  certificate: ['channelType', 'orderId', 'txnTime', 'certType'],
  file: ['settleDate', 'txnTime', 'fileType'],
};

// The products our pretend merchants have signed up for.
export const BIZ_TYPES: Record<Operation, readonly string[]> = {
  front: ['000201'],
  app: ['000201'],
  qr: ['000000'],
  jsapi: ['000000'],
  code: ['000000'],
  userId: ['000000'],
  query: ['000000', '000201'],
  refund: ['000201', '000000'],
  void: ['000201', '000000'],
  reversal: ['000201', '000000', '000301'],
  certificate: ['000000'],
  file: ['000000'],
};

const STAMP = /^\d{14}$/;
const WEB_ADDRESS = /^https?:\/\/[^\s/?#]+[^\s]*$/i;
const PRINTABLE = /^[^\p{Cc}]*$/u;

interface Format {
  pattern: RegExp;
  charsMax: number;
}

// UnionPay 5.1.0, the common fields: N digits, AN letters and digits, ANS anything printable.
const FORMATS: Record<string, Format> = {
  certId: { pattern: /^\d+$/, charsMax: 128 },
  signature: { pattern: /^[A-Za-z0-9+/=]+$/, charsMax: 1024 },
  channelType: { pattern: /^(?:05|07|08|16)$/, charsMax: 2 },
  orderId: { pattern: /^[A-Za-z0-9]{8,40}$/, charsMax: 40 },
  origOrderId: { pattern: /^[A-Za-z0-9]{8,40}$/, charsMax: 40 },
  txnTime: { pattern: STAMP, charsMax: 14 },
  origTxnTime: { pattern: STAMP, charsMax: 14 },
  payTimeout: { pattern: STAMP, charsMax: 14 },
  txnAmt: { pattern: /^0*[1-9]\d*$/, charsMax: 12 },
  currencyCode: { pattern: /^156$/, charsMax: 3 },
  backUrl: { pattern: WEB_ADDRESS, charsMax: 256 },
  frontUrl: { pattern: WEB_ADDRESS, charsMax: 256 },
  frontFailUrl: { pattern: WEB_ADDRESS, charsMax: 256 },
  reqReserved: { pattern: PRINTABLE, charsMax: 1024 },
  reserved: { pattern: /^\{.*\}$/u, charsMax: 2048 },
  riskRateInfo: { pattern: /^\{.*\}$/u, charsMax: 2048 },
  customerInfo: { pattern: /^[A-Za-z0-9+/=]+$/, charsMax: 2048 },
  accNo: { pattern: PRINTABLE, charsMax: 1024 },
  encryptCertId: { pattern: /^\d+$/, charsMax: 128 },
  queryId: { pattern: /^[A-Za-z0-9]{21}$/, charsMax: 21 },
  origQryId: { pattern: /^[A-Za-z0-9]{21}$/, charsMax: 21 },
  termId: { pattern: /^[A-Za-z0-9]{8}$/, charsMax: 8 },
  subMerId: { pattern: /^[A-Za-z0-9]{5,15}$/, charsMax: 15 },
  settleDate: { pattern: /^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/, charsMax: 4 },
  fileType: { pattern: /^\d\d$/, charsMax: 2 },
  qrNo: { pattern: /^62\d{17}$/, charsMax: 19 },
  tradeType: { pattern: /^mobileWeb$/, charsMax: 9 },
  appUpIdentifier: { pattern: /^UnionPay\/[0-9.]+ [A-Za-z0-9]+$/, charsMax: 64 },
  certType: { pattern: /^01$/, charsMax: 2 },
};

const OTHERS: Format = { pattern: PRINTABLE, charsMax: 4096 };

/** The first field whose value does not have its documented type or length; null when all do. */
export function findMalformed(fields: Record<string, string>): string | null {
  for (const [name, value] of Object.entries(fields)) {
    if (value === '') continue;
    const format = FORMATS[name] ?? OTHERS;
    if (value.length > format.charsMax || !format.pattern.test(value)) return name;
  }
  return null;
}
