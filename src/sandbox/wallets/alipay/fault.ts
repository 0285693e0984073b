import type { FaultPlan } from '../ground/fault.ts';

/**
 * What an Alipay gateway can get wrong besides what all wallets can. code: a sub_code such as ACQ.SYSTEM_ERROR, or a gateway
 * code such as 20000 or 40005; those that leave the outcome open are answered although it was done. state: the trade_status
 * or refund_status that is told. unsigned: a refusal of the gateway without any signature. foreign_certificate: certificate
 * mode only, signed under a serial number that the merchant does not know. next_certificate: in certificate mode everything is
 * signed by the key and named by the certificate that take over one day; a merchant can download it.
 */
export const ALIPAY_FAULTS: FaultPlan = {
  operations: {
    page: 'pay',
    wap: 'pay',
    app: 'pay',
    precreate: 'pay',
    create: 'pay',
    charge: 'pay',
    query: 'query',
    refund: 'refund',
    refund_query: 'query',
    close: 'cancel',
    cancel: 'cancel',
    bill: 'bill',
    token: 'identify',
    certificate: 'any',
    notify: 'notify',
  },
  kinds: ['state', 'unsigned', 'foreign_certificate', 'next_certificate'],
};
