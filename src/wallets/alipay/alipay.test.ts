import { describe, expect, test } from 'vitest';
import type { PayRequest, QueryRequest, WalletDeps } from '../wallet.ts';
import { alipay } from './alipay.ts';
import { answer, APP_ID, merchantSettings, NOW, pretendDeps } from './pretend-alipay.ts';
import {
  order,
  asked,
  refundRequest,
  business,
  without,
  failedWith,
  sentContent,
  isSigned,
  TRADE,
} from './test-requests.ts';

const config = alipay.readConfig(merchantSettings());
const UNKNOWN = { kind: 'unknown' };
const QUERY = 'alipay.trade.query';
const PAID = { code: '10000', ...TRADE, total_amount: '12.34', send_pay_date: '2026-11-23 10:00:00' };

describe('what the buyer does next', () => {
  test('in a browser is to open the signed address; it expires in Beijing time', async () => {
    const reply = await alipay.pay(pretendDeps(Buffer.alloc(0)), config, order({ scene: 'web' }));
    const action = reply.kind === 'pending' ? reply.action : null;
    if (action?.type !== 'redirect') throw new Error('no address');
    const url = new URL(action.url);
    const { sign, ...params } = Object.fromEntries(url.searchParams);
    expect(params).toMatchObject({
      app_id: APP_ID,
      method: 'alipay.trade.page.pay',
      timestamp: '2026-11-23 10:00:00',
      notify_url: 'https://shop.example/notify',
      return_url: 'https://shop.example/back',
    });
    expect(JSON.parse(params['biz_content'] ?? '')).toEqual({
      out_trade_no: 'ORDER1',
      total_amount: '12.34',
      subject: '咖啡 茶 2 袋',
      time_expire: '2026-11-23 10:15:00',
      product_code: 'FAST_INSTANT_TRADE_PAY',
    });
    expect(isSigned(params, sign ?? '')).toBe(true);
  });

  const products: [PayRequest['scene'], string, string][] = [
    ['wap', 'alipay.trade.wap.pay', 'QUICK_WAP_WAY'],
    ['app', 'alipay.trade.app.pay', 'QUICK_MSECURITY_PAY'],
  ];
  test.each(products)('in scene %s is %s', async (scene, method, product) => {
    const reply = await alipay.pay(pretendDeps(Buffer.alloc(0)), config, order({ scene }));
    const action = reply.kind === 'pending' ? reply.action : null;
    const text =
      action?.type === 'app_order' ? `?${action.orderString}` : action?.type === 'redirect' ? action.url : '';
    const { sign = '', ...params } = Object.fromEntries(new URLSearchParams(text.slice(text.indexOf('?'))));
    expect(params['method']).toBe(method);
    expect(JSON.parse(params['biz_content'] ?? '')).toMatchObject({ product_code: product });
    expect(isSigned(params, sign)).toBe(true);
    if (action?.type === 'app_order') expect(action.sdkMode).toBe('sandbox');
  });

  test('within Alipay is the bridge, with the buyer by open_id or by number', async () => {
    for (const [id, name] of [
      ['074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5', 'buyer_open_id'],
      ['2088100000000007', 'buyer_id'],
    ] as const) {
      const deps = pretendDeps(answer('alipay.trade.create', { code: '10000', ...TRADE }));
      const payer = { id, walletApp: null };
      const reply = await alipay.pay(deps, config, order({ scene: 'jsapi', payer }));
      expect(reply).toMatchObject({ action: { bridge: 'AlipayJSBridge', fields: { tradeNO: TRADE.trade_no } } });
      expect(sentContent(deps)).toMatchObject({ [name]: id, product_code: 'FACE_TO_FACE_PAYMENT' });
    }
  });

  test('within Alipay is sold as JSAPI_PAY where the merchant has signed for it', async () => {
    const deps = pretendDeps(answer('alipay.trade.create', { code: '10000', ...TRADE }));
    const own = alipay.readConfig(merchantSettings({ op_app_id: '2021000000000099' }));
    await alipay.pay(deps, own, order({ scene: 'jsapi', payer: { id: '2088100000000007', walletApp: null } }));
    expect(sentContent(deps)).toMatchObject({ product_code: 'JSAPI_PAY', op_app_id: '2021000000000099' });
  });

  test('is nothing for an amount that Alipay does not take, and nobody is asked', async () => {
    for (const minor of [0n, -1n, 10_000_000_001n]) {
      const deps = pretendDeps(Buffer.alloc(0));
      const reply = await alipay.pay(deps, config, order({ scene: 'qr', amount: { currency: 'CNY', minor } }));
      expect(reply).toMatchObject({ kind: 'failed', reason: 'amount_refused' });
      expect(deps.asked).toEqual([]);
    }
  });

  test('has a name even where the subject has none that Alipay takes', async () => {
    const deps = pretendDeps(Buffer.alloc(0));
    await alipay.pay(deps, config, order({ scene: 'qr', subject: '&&==//' }));
    expect(sentContent(deps)).toMatchObject({ subject: 'ORDER1' });
    await alipay.pay(deps, config, order({ scene: 'qr', subject: `${'茶'.repeat(255)}🍵` }));
    expect(sentContent(deps, 1)['subject']).toBe('茶'.repeat(255));
  });
});

describe('a charge by payment code', () => {
  const charge = { scene: 'code', paymentCode: '281234567890123456' } as const;
  const rows: [string, Record<string, string>, object][] = [
    ['10000 is paid', { ...PAID, gmt_payment: '2026-11-23 10:00:00' }, { kind: 'succeeded', amount: { minor: 1234n } }],
    ['10000 without a trade_no is unknown', { code: '10000', out_trade_no: 'ORDER1', total_amount: '12.34' }, UNKNOWN],
    ['10000 without an amount is unknown', { code: '10000', ...TRADE }, UNKNOWN],
    ['10003 waits for the PIN', { code: '10003', ...TRADE }, { kind: 'pending', action: null }],
    ['20000 is unknown', { code: '20000', sub_code: 'isp.unknow-error' }, UNKNOWN],
    ['ACQ.SYSTEM_ERROR is unknown', business('ACQ.SYSTEM_ERROR'), UNKNOWN],
    ['its misspelling too', business('AQC.SYSTEM_ERROR'), UNKNOWN],
    ['a sub_code of nobody is unknown', business('ACQ.UNHEARD_OF'), UNKNOWN],
    ['a used number is unknown', business('ACQ.CONTEXT_INCONSISTENT'), UNKNOWN],
    ['a code of nobody has failed', business('ACQ.PAYMENT_AUTH_CODE_INVALID'), failedWith('code_invalid')],
    ['too little money has failed', business('ACQ.BUYER_BALANCE_NOT_ENOUGH'), failedWith('insufficient_funds')],
    ['a risk has failed', business('ACQ.PAYMENT_REQUEST_HAS_RISK'), failedWith('risk_refused')],
    ['too late has failed', business('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR'), failedWith('expired')],
    [
      'a wrong signature has failed',
      { code: '40002', sub_code: 'isv.invalid-signature' },
      failedWith('merchant_misconfigured'),
    ],
    ['too many calls have failed', { code: '40005', sub_code: 'isv.call-limited' }, failedWith('wallet_busy')],
    ['a name of an object is no code', business('constructor'), UNKNOWN],
  ];
  test.each(rows)('%s', async (_name, node, expected) => {
    const deps = pretendDeps(answer('alipay.trade.pay', node));
    expect(await alipay.pay(deps, config, order(charge))).toMatchObject(expected);
    expect(sentContent(deps)).toMatchObject({ scene: 'bar_code', auth_code: charge.paymentCode });
  });

  test('that is paid already is asked for', async () => {
    const asked: string[] = [];
    const deps = pretendDeps(Buffer.alloc(0));
    const send: typeof deps.send = async (request) => {
      const method = new URL(request.url).searchParams.get('method') ?? '';
      asked.push(method);
      const node = method === QUERY ? { ...PAID, trade_status: 'TRADE_SUCCESS' } : business('ACQ.TRADE_HAS_SUCCESS');
      return { kind: 'reply', status: 200, headers: {}, body: answer(method, node) };
    };
    expect(await alipay.pay({ ...deps, send }, config, order(charge))).toMatchObject({ kind: 'succeeded' });
    expect(asked).toEqual(['alipay.trade.pay', QUERY]);
  });

  test('matches the codes that Alipay shows, and no others', () => {
    const pattern = alipay.can.paymentCode?.pattern ?? /$^/;
    for (const code of ['250000000000000000', '300000000000000000000000', '2812345678901234'])
      expect(code).toMatch(pattern);
    for (const code of [
      '240000000000000000',
      '310000000000000000',
      '281234567890123',
      '62123456789012345678',
      '28x',
      '',
    ])
      expect(code).not.toMatch(pattern);
  });
});

describe('an order that is not evidence of anything', () => {
  const signed = answer(QUERY, { ...PAID, trade_status: 'TRADE_SUCCESS' });
  const rows: [string, Buffer][] = [
    [
      'unsigned',
      Buffer.from(JSON.stringify({ alipay_trade_query_response: { ...PAID, trade_status: 'TRADE_SUCCESS' } })),
    ],
    ['an unsigned refusal', Buffer.from('{"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}}')],
    ['another method', answer('alipay.trade.pay', { ...PAID, trade_status: 'TRADE_SUCCESS' })],
    ['another order', answer(QUERY, { ...PAID, out_trade_no: 'ORDER2', trade_status: 'TRADE_SUCCESS' })],
    ['no order', answer(QUERY, { code: '10000', trade_no: '1', total_amount: '12.34', trade_status: 'TRADE_SUCCESS' })],
    ['one letter changed', Buffer.from(signed.toString().replace('12.34', '12.35'))],
    ['a second node', Buffer.from(signed.toString().replace(/^\{/, '{"alipay_trade_query_response":{},'))],
    ['a page', Buffer.from('<html></html>')],
    [
      'the amount as a number',
      answer(
        QUERY,
        `{"code":"10000","out_trade_no":"ORDER1","trade_no":"1","total_amount":12.34,"trade_status":"TRADE_SUCCESS"}`,
      ),
    ],
  ];
  test.each(rows)('%s is unknown', async (_name, body) => {
    expect((await alipay.query(pretendDeps(body), config, asked())).kind).toBe('unknown');
    expect((await alipay.query(pretendDeps(signed), config, asked())).kind).toBe('succeeded');
  });

  test('nor does any answer with one byte changed say anything else than the whole one', async () => {
    const good = await alipay.query(pretendDeps(signed), config, asked());
    for (let at = 0; at < signed.length; at++) {
      const bent = Buffer.from(signed);
      bent[at] = (bent[at] ?? 0) ^ 1;
      const outcome = await alipay.query(pretendDeps(bent), config, asked());
      if (outcome.kind !== 'unknown') expect(outcome, `byte ${at}`).toEqual(good);
    }
  });

  test('nor does what cannot be sent end an order, except one that was never placed', async () => {
    const lost = { kind: 'not_sent', reason: 'refused' } as const;
    expect((await alipay.query(pretendDeps(lost), config, asked())).kind).toBe('unknown');
    expect((await alipay.cancel(pretendDeps(lost), config, asked())).kind).toBe('unknown');
    expect(await alipay.pay(pretendDeps(lost), config, order({ scene: 'qr' }))).toMatchObject(failedWith('not_sent'));
  });
});

describe('the state of an order', () => {
  const never = {
    code: '10000',
    ...TRADE,
    total_amount: '12.34',
    receipt_amount: '0.00',
    trade_status: 'TRADE_CLOSED',
  };
  const rows: [string, Partial<QueryRequest>, Record<string, string>, string][] = [
    ['WAIT_BUYER_PAY', {}, { ...never, trade_status: 'WAIT_BUYER_PAY' }, 'pending'],
    ['TRADE_SUCCESS', {}, { ...PAID, trade_status: 'TRADE_SUCCESS' }, 'succeeded'],
    ['TRADE_FINISHED', {}, { ...PAID, trade_status: 'TRADE_FINISHED' }, 'succeeded'],
    ['TRADE_CLOSED, never paid', {}, never, 'failed'],
    ['TRADE_CLOSED, paid and wholly refunded', {}, { ...PAID, trade_status: 'TRADE_CLOSED' }, 'succeeded'],
    ['TRADE_CLOSED with money but no time', {}, { ...never, receipt_amount: '12.34' }, 'unknown'],
    ['TRADE_CLOSED of a code that was undone', { scene: 'code' }, { ...PAID, trade_status: 'TRADE_CLOSED' }, 'failed'],
    ['nothing there yet', {}, business('ACQ.TRADE_NOT_EXIST'), 'pending'],
    [
      'nothing there after it expired',
      { expiresAt: new Date(NOW.getTime() - 1) },
      business('ACQ.TRADE_NOT_EXIST'),
      'failed',
    ],
    ['20000', {}, { code: '20000' }, 'unknown'],
    ['40002, signed', {}, { code: '40002', sub_code: 'isv.invalid-signature' }, 'unknown'],
  ];
  test.each(rows)('%s', async (_name, request, node, kind) => {
    expect((await alipay.query(pretendDeps(answer(QUERY, node)), config, asked(request))).kind).toBe(kind);
  });
});

describe('a cancel', () => {
  const CLOSE = 'alipay.trade.close';
  const CANCEL = 'alipay.trade.cancel';
  const code: Partial<QueryRequest> = { scene: 'code' };
  const old: Partial<QueryRequest> = { scene: 'code', orderedAt: new Date(NOW.getTime() - 301_000) };
  const rows: [string, string, Partial<QueryRequest>, Record<string, string>, string][] = [
    ['closes', CLOSE, {}, { code: '10000', ...TRADE }, 'failed'],
    ['of what is not there waits: a buyer may still open it', CLOSE, {}, business('ACQ.TRADE_NOT_EXIST'), 'pending'],
    [
      'of what is not there has failed once it expired',
      CLOSE,
      { expiresAt: new Date(0) },
      business('ACQ.TRADE_NOT_EXIST'),
      'failed',
    ],
    ['that nobody understands is unknown', CLOSE, {}, business('ACQ.UNHEARD_OF'), 'unknown'],
    ['of a code closes it', CANCEL, code, { code: '10000', ...TRADE, retry_flag: 'N', action: 'close' }, 'failed'],
    [
      'of a code gives the money back',
      CANCEL,
      code,
      { code: '10000', ...TRADE, retry_flag: 'N', action: 'refund' },
      'failed',
    ],
    [
      'of a code is to be repeated',
      CANCEL,
      code,
      { code: '10000', ...TRADE, retry_flag: 'Y', action: 'refund' },
      'pending',
    ],
    ['of a charge that may be on its way waits', CANCEL, code, { code: '10000', retry_flag: 'N' }, 'pending'],
    ['of a charge that never came has failed', CANCEL, old, { code: '10000', retry_flag: 'N' }, 'failed'],
    [
      'with an action of nobody is unknown',
      CANCEL,
      code,
      { code: '10000', ...TRADE, retry_flag: 'N', action: 'x' },
      'unknown',
    ],
    ['of a code that names no order is unknown', CANCEL, code, { code: '10000', action: 'close' }, 'unknown'],
    ['of a code that failed is unknown', CANCEL, code, business('ACQ.SYSTEM_ERROR'), 'unknown'],
    ['of a code after a day is unknown', CANCEL, code, business('ACQ.TRADE_CANCEL_TIME_OUT'), 'unknown'],
  ];
  test.each(rows)('%s', async (_name, method, request, node, kind) => {
    expect((await alipay.cancel(pretendDeps(answer(method, node)), config, asked(request))).kind).toBe(kind);
  });

  test('that comes when undoing is over tells how the order stands: it will not change any more', async () => {
    const late = answer(CANCEL, business('ACQ.TRADE_CANCEL_TIME_OUT'));
    const after = async (order: Record<string, string>): Promise<string> => {
      const deps = [late, answer(QUERY, order)].map((one) => pretendDeps(one));
      const send: WalletDeps['send'] = (call) => (deps.shift() ?? pretendDeps(late)).send(call);
      return (await alipay.cancel({ ...pretendDeps(late), send }, config, asked(old))).kind;
    };
    expect(await after({ ...PAID, trade_status: 'TRADE_SUCCESS' })).toBe('succeeded');
    expect(await after({ ...PAID, trade_status: 'TRADE_CLOSED' })).toBe('failed');
    expect(await after({ code: '20000' })).toBe('unknown');
  });
});

describe('a refund', () => {
  const REFUND = 'alipay.trade.refund';
  const rows: [string, Record<string, string>, object][] = [
    [
      'that moved money is accepted',
      { code: '10000', ...TRADE, fund_change: 'Y', refund_fee: '1.00' },
      { kind: 'pending' },
    ],
    [
      'that moved none is no failure',
      { code: '10000', ...TRADE, fund_change: 'N', refund_fee: '1.00' },
      { kind: 'pending' },
    ],
    ['of too much is refused', business('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'), failedWith('amount_refused')],
    ['without money is refused', business('ACQ.SELLER_BALANCE_NOT_ENOUGH'), failedWith('insufficient_funds')],
    ['too late is refused', business('ACQ.TRADE_HAS_FINISHED'), failedWith('window_closed')],
    ['that differs from one before is unknown', business('ACQ.DISCORDANT_REPEAT_REQUEST'), UNKNOWN],
    ['that broke is unknown', business('ACQ.SYSTEM_ERROR'), UNKNOWN],
    ['that answers nothing about the order is unknown', { code: '10000', fund_change: 'Y' }, UNKNOWN],
    ['by a code of orders is unknown', business('ACQ.PAYMENT_FAIL'), UNKNOWN],
  ];
  test.each(rows)('%s', async (_name, node, expected) => {
    const deps = pretendDeps(answer(REFUND, node));
    expect(await alipay.refund(deps, config, refundRequest())).toMatchObject(expected);
    expect(sentContent(deps)).toEqual({ out_trade_no: 'ORDER1', refund_amount: '1.00', out_request_no: 'REFUND1' });
  });

  test('cannot be a void', async () => {
    const deps = pretendDeps(Buffer.alloc(0));
    expect((await alipay.refund(deps, config, { ...refundRequest(), method: 'void' })).kind).toBe('failed');
    expect(deps.asked).toEqual([]);
  });

  const found = {
    code: '10000',
    ...TRADE,
    out_request_no: 'REFUND1',
    refund_amount: '1.00',
    refund_status: 'REFUND_SUCCESS',
  };
  const asks: [string, Record<string, string>, object][] = [
    ['is done by the one word', found, { kind: 'succeeded', amount: { minor: 100n }, walletPaymentId: TRADE.trade_no }],
    ['without state and amount is not there', { code: '10000' }, failedWith('not_found')],
    ['with another word is unknown', { ...found, refund_status: 'REFUND_MOON' }, UNKNOWN],
    ['without the word is unknown', without(found, 'refund_status'), UNKNOWN],
    ['without an amount is unknown', without(found, 'refund_amount'), UNKNOWN],
    ['of another number is unknown', { ...found, out_request_no: 'REFUND2' }, UNKNOWN],
    ['of another order is unknown', { ...found, out_trade_no: 'ORDER2' }, UNKNOWN],
    ['of no trade is unknown', business('ACQ.TRADE_NOT_EXIST'), UNKNOWN],
  ];
  test.each(asks)('that is asked for %s', async (_name, node, expected) => {
    const deps = pretendDeps(answer('alipay.trade.fastpay.refund.query', node));
    expect(await alipay.queryRefund(deps, config, refundRequest())).toMatchObject(expected);
  });
});
