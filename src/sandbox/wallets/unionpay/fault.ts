import { type FaultPlan, GROUND_KINDS, GROUND_OPERATIONS } from '../ground/fault.ts';

/**
 * expired_certificate, wrong_name, foreign_certificate: answered under a certificate that nobody may believe. resp_code is
 * the older name of `code`: 03, 04, 05, 70 and 83 are answered although it was done; `orig:05` changes what a query says
 * about the transaction. duplicate: done, answered 12.
 */
export const UNIONPAY_FAULTS: FaultPlan = {
  operations: {
    front: 'pay',
    app: 'pay',
    qr: 'pay',
    jsapi: 'pay',
    code: 'pay',
    userAuth: 'identify',
    userId: 'identify',
    query: 'query',
    refund: 'refund',
    void: 'refund',
    reversal: 'cancel',
    certificate: 'any',
    file: 'bill',
    notify: 'notify',
  },
  kinds: ['expired_certificate', 'wrong_name', 'foreign_certificate'],
  aliases: { resp_code: 'code' },
};

/** Every name that a fault can be set with, for the docs. */
export const FAULT_OPERATIONS: readonly string[] = [
  ...new Set([...Object.keys(UNIONPAY_FAULTS.operations), ...GROUND_OPERATIONS]),
];
export const FAULT_KINDS: readonly string[] = [...GROUND_KINDS, ...UNIONPAY_FAULTS.kinds, 'resp_code'];
