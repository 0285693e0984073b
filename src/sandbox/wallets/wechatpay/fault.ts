import type { FaultPlan } from '../ground/fault.ts';

/**
 * signtest: signed wrongly on purpose, as WeChat Pay does now and then. unsigned: without the four headers.
 * unknown_serial: under the name of a key that nobody has. next_certificate: under the certificate that follows the one in
 * use. old_time: signed ten minutes ago.
 */
export const WECHATPAY_FAULTS: FaultPlan = {
  operations: {
    native: 'pay',
    h5: 'pay',
    jsapi: 'pay',
    app: 'pay',
    codepay: 'pay',
    query: 'query',
    refund_query: 'query',
    close: 'cancel',
    reverse: 'cancel',
    refund: 'refund',
    certificates: 'any',
    bill: 'bill',
    bill_file: 'bill',
    access_token: 'identify',
    stable_token: 'identify',
    jsapi_ticket: 'identify',
    notify: 'notify',
  },
  kinds: ['signtest', 'unsigned', 'unknown_serial', 'next_certificate', 'old_time'],
};
