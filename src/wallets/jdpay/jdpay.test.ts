import { describe, expect, test } from 'vitest';
import type { RefundRequest } from '../wallet.ts';
import { readConfig } from './config.ts';
import { sealedForm } from './exchange.ts';
import { jdpay } from './jdpay.ts';
import {
  CAUGHT_ORDER,
  CODE,
  DEMO,
  MAIN,
  merchantSettings,
  speak,
  speakUnsigned,
  strangerKeyPem,
} from './pretend-jdpay.ts';
import { openMessage, readOuter } from './verify.ts';
import { childText } from './xml.ts';
import {
  config,
  ORDER_NO,
  fen,
  PAY,
  BY_CODE,
  QUERY,
  REFUND,
  payment,
  refund,
  undo,
  none,
  refusal,
  asked,
  clearOf,
} from './test-requests.ts';

describe('paying in a browser', () => {
  test('is a form to JD, everything but three fields encrypted, made without a call', async () => {
    const reply = await jdpay.pay(asked().deps, config, PAY);
    if (reply.kind !== 'pending' || reply.action?.type !== 'form_post') throw new Error('no form');
    const { version, merchant, sign, ...sealed } = reply.action.fields;
    expect(reply.action.url).toBe('http://127.0.0.1:1/wepay/jdpay/saveOrder');
    expect({ version, merchant }).toEqual({ version: 'V2.0', merchant: MAIN.merchant });
    expect(sign).toMatch(/^[A-Za-z0-9+/]{171}=$/);
    const clear = Object.fromEntries(Object.entries(sealed).map(([name, hex]) => [name, clearOf(hex, MAIN)]));
    expect(clear).toEqual({
      tradeNum: ORDER_NO,
      tradeTime: '20261123101112',
      tradeName: '云南咖啡 ＆ 茶 ＝ ＜2＞ 袋',
      amount: '1234',
      currency: 'CNY',
      notifyUrl: PAY.notifyUrl,
      callbackUrl: PAY.returnUrl,
      expireTime: '899',
      ip: '203.0.113.7',
      orderType: '0',
      userId: ORDER_NO,
    });
  });

  test('on a phone goes to the other host', async () => {
    const reply = await jdpay.pay(asked().deps, config, { ...PAY, scene: 'wap' });
    expect(reply).toMatchObject({ action: { type: 'form_post', url: 'http://127.0.0.1:1/h5pay/jdpay/saveOrder' } });
  });

  test('of the published demo merchant is the published form, letter for letter', () => {
    const { main } = readConfig(
      merchantSettings({
        merchant: DEMO.merchant,
        des_key: DEMO.desKey,
        merchant_private_key_pem: DEMO.privateKeyPem,
        jd_public_key_pem: DEMO.jdPublicKeyPem,
      }),
    );
    const form = sealedForm(main, {
      version: 'V2.0',
      merchant: DEMO.merchant,
      tradeNum: '12345678',
      tradeName: '测试商品',
      amount: '1',
      orderType: '0',
      notifyUrl: 'http://making.dev/notify',
      callbackUrl: 'http://frontend.com/return',
      userId: '0000001',
      tradeTime: '20170718101010',
      currency: 'CNY',
    });
    expect(form).toMatchObject({
      userId: '29d899fc35dc7aa50640156c06e5ec0f',
      callbackUrl: 'b470f968b7165dcf745e8e129f073434ef9ec43bd64dda9ba2fe77001f4c7347',
      sign: 'di/QyXcBJGY/Avb8ilTEUsCxto6F5fbjX4mvGt0a0J2XD1dTJ8sPidfTHofagsgz9H/CP3FC6Hqca49woS7o8vkn4oPfA+coHfxBnm4QtBcvdeQjW3fKq2IKbtGG7UGNGXEJc9Gk7BnXNnuvnbEc5FVFcvbqirdNi+7opO9jmaM=',
    });
  });

  test('of an amount that JD cannot take is refused before it is asked', async () => {
    for (const amount of [fen(0n), fen(-1n), fen(1_000_000_000_000n), { currency: 'USD', minor: 1n } as const]) {
      const reply = await jdpay.pay(asked().deps, config, { ...PAY, amount });
      expect(reply).toMatchObject({ kind: 'failed', reason: 'amount_refused' });
    }
  });
});

describe('paying by an order', () => {
  const accepted = (more: string, amount = '1234') =>
    speak(`<orderId>1029148637575787617463</orderId><amount>${amount}</amount><tradeNum>${ORDER_NO}</tradeNum>${more}`);
  const QR = 'https://h5pay.jd.com/code?c=616zlks7djfb1z';

  test('in an app hands four fields to JD’s SDK', async () => {
    const { deps, told, endpoints } = asked(accepted(''));
    const reply = await jdpay.pay(deps, config, { ...PAY, scene: 'app' });
    expect(reply).toMatchObject({
      kind: 'pending',
      action: {
        type: 'app_request',
        fields: { orderId: '1029148637575787617463', merchant: MAIN.merchant, appId: DEMO.appId },
      },
    });
    expect(endpoints()).toEqual(['uniorder']);
    expect(told(0)).toMatchObject({ tradeType: 'GEN', tradeNum: ORDER_NO, amount: '1234', userId: ORDER_NO });
    expect(told(0)).not.toHaveProperty('callbackUrl');
  });

  test('by QR shows the code that JD gave', async () => {
    const { deps, told } = asked(accepted(`<qrCode>${QR}</qrCode>`));
    const reply = await jdpay.pay(deps, config, { ...PAY, scene: 'qr' });
    expect(reply).toEqual({ kind: 'pending', action: { type: 'qr', text: QR } });
    expect(told(0)).toMatchObject({ tradeType: 'QR' });
  });

  test.each<[string, Buffer | null]>([
    ['nothing', null],
    ['no code', accepted('')],
    ['a code that is no address', accepted('<qrCode>javascript:alert(1)</qrCode>')],
    ['another amount', accepted(`<qrCode>${QR}</qrCode>`, '1235')],
    [
      'another order',
      speak(`<orderId>1</orderId><amount>1234</amount><tradeNum>OTHER</tradeNum><qrCode>${QR}</qrCode>`),
    ],
    ['a refusal', refusal],
    ['a refusal that nobody signed', speakUnsigned('000001', '系统繁忙')],
    ['a forged answer', speak('', { ...MAIN, jdKeyPem: strangerKeyPem })],
  ])('answered with %s is not known', async (_, body) => {
    expect((await jdpay.pay(asked(body).deps, config, { ...PAY, scene: 'qr' })).kind).toBe('unknown');
  });

  test('that surely never arrived has failed', async () => {
    const { deps } = asked();
    const send = async () => ({ kind: 'not_sent', reason: 'no such host' }) as const;
    const reply = await jdpay.pay({ ...deps, send }, config, { ...PAY, scene: 'qr' });
    expect(reply).toMatchObject({ kind: 'failed', reason: 'not_sent' });
  });

  test('caught on the wire is opened with the demo’s keys', () => {
    const demo = readConfig(
      merchantSettings({
        merchant: DEMO.merchant,
        des_key: DEMO.desKey,
        jd_public_key_pem: DEMO.jdPublicKeyPem,
        merchant_private_key_pem: DEMO.privateKeyPem,
      }),
    );
    const outer = readOuter(Buffer.from(CAUGHT_ORDER));
    const opened = outer && openMessage(demo.main, outer);
    if (opened?.kind !== 'message') throw new Error('not believed');
    expect(childText(opened.root, 'qrCode')).toBe(QR);
  });
});

describe('paying by a payment code', () => {
  test('is answered at once, under the number and the keys of that business', async () => {
    const { deps, told, endpoints } = asked(payment('2', CODE));
    expect(await jdpay.pay(deps, config, BY_CODE)).toMatchObject({ kind: 'succeeded', amount: { minor: 1234n } });
    expect(endpoints()).toEqual(['fkmPay']);
    expect(told(0)).toMatchObject({ merchant: CODE.merchant, token: BY_CODE.paymentCode, device: 'TILL01' });
  });

  test('waits, has failed or is not known, by its status', async () => {
    for (const [status, kind] of Object.entries({ '0': 'pending', '1': 'pending', '3': 'failed', '8': 'unknown' })) {
      const reply = await jdpay.pay(asked(payment(status, CODE)).deps, config, BY_CODE);
      expect(reply.kind, status).toBe(kind);
      if (reply.kind === 'pending') expect(reply.action).toBeNull();
    }
  });

  test('of another wallet, or on an account without that business, is refused before JD is asked', async () => {
    for (const paymentCode of ['281234567890123456', '62123456789012345', '62123456789012345678', '', null]) {
      const reply = await jdpay.pay(asked().deps, config, { ...BY_CODE, paymentCode });
      expect(reply).toMatchObject({ kind: 'failed', reason: 'code_invalid' });
    }
    const bare = { ...config, code: null };
    expect(await jdpay.pay(asked().deps, bare, BY_CODE)).toMatchObject({ reason: 'merchant_misconfigured' });
    expect((await jdpay.query(asked().deps, bare, { ...QUERY, scene: 'code' })).kind).toBe('unknown');
  });
});

describe('asking', () => {
  test('for an order that JD does not have: open while it may still come, failed afterwards', async () => {
    const early = asked(none());
    expect(await jdpay.query(early.deps, config, QUERY)).toEqual({ kind: 'pending' });
    const late = asked(none());
    late.clock.advanceMs(15 * 60_000);
    expect(await jdpay.query(late.deps, config, QUERY)).toMatchObject({ kind: 'failed', reason: 'not_found' });
  });

  test.each(['订单不存在', '交易流水不存在:tradeNum', '无此交易', 'Order does not exist'])(
    'is told that there is none by %j',
    async (desc) => {
      const { deps, clock } = asked(speak('', MAIN, { code: '000005', desc }));
      clock.advanceMs(15 * 60_000);
      expect(await jdpay.query(deps, config, QUERY)).toMatchObject({ kind: 'failed', walletMessage: desc });
    },
  );

  test('that nobody signs leaves an order open until its time is up, then unknown, and is believed a day later', async () => {
    const after = async (minutes: number) => {
      const { deps, clock } = asked(speakUnsigned('000005', '订单不存在'));
      clock.advanceMs(minutes * 60_000);
      return (await jdpay.query(deps, config, QUERY)).kind;
    };
    expect([await after(1), await after(15), await after(24 * 60), await after(24 * 60 + 15)]).toEqual([
      'pending',
      'unknown',
      'unknown',
      'failed',
    ]);
  });

  test('is not answered by a refusal that says something else', async () => {
    for (const body of [speakUnsigned('999999', '系统繁忙'), refusal]) {
      expect((await jdpay.query(asked(body).deps, config, QUERY)).kind).toBe('unknown');
    }
  });

  test('for a payment is not answered by a refund', async () => {
    expect((await jdpay.query(asked(refund(ORDER_NO, '1')).deps, config, QUERY)).kind).toBe('unknown');
  });

  test('for a paid order looks whether it was undone since', async () => {
    const paid = asked(payment('2'), none());
    expect((await jdpay.query(paid.deps, config, QUERY)).kind).toBe('succeeded');
    expect(paid.told(1)).toMatchObject({ tradeType: '1', tradeNum: `${ORDER_NO}U`, oTradeNum: ORDER_NO });
    const undone = asked(payment('2'), undo('1'));
    expect(await jdpay.query(undone.deps, config, QUERY)).toMatchObject({ kind: 'failed', reason: 'already_undone' });
    const silence = asked(payment('2'), null);
    expect((await jdpay.query(silence.deps, config, QUERY)).kind).toBe('unknown');
  });
});

describe('cancelling', () => {
  test('revokes what is open, under a number of its own', async () => {
    const { deps, endpoints, told } = asked(payment('0'), undo('1'));
    expect(await jdpay.cancel(deps, config, QUERY)).toMatchObject({ kind: 'failed', reason: 'already_undone' });
    expect(endpoints()).toEqual(['query', 'revoke']);
    expect(told(1)).toMatchObject({ tradeNum: `${ORDER_NO}U`, oTradeNum: ORDER_NO, amount: '1234' });
  });

  test('leaves alone what is paid: JD would give the money back', async () => {
    const { deps, endpoints } = asked(payment('2'), none());
    expect((await jdpay.cancel(deps, config, QUERY)).kind).toBe('succeeded');
    expect(endpoints()).toEqual(['query', 'query']);
  });

  test('does not take "busy" for "never undone": an earlier undo may have given the money back', async () => {
    for (const busy of [refusal, speakUnsigned('999999', '系统繁忙')])
      expect((await jdpay.cancel(asked(payment('2'), busy).deps, config, QUERY)).kind).toBe('unknown');
    const unsigned = asked(payment('2'), speakUnsigned('000005', '订单不存在'));
    expect((await jdpay.cancel(unsigned.deps, config, QUERY)).kind).toBe('succeeded');
    expect((await jdpay.query(asked(payment('2'), refusal).deps, config, QUERY)).kind).toBe('succeeded');
  });

  test('undoes a payment code’s order, paid or not', async () => {
    const request = { ...QUERY, scene: 'code' } as const;
    const paid = asked(payment('2', CODE), none(CODE), undo('1', CODE));
    expect((await jdpay.cancel(paid.deps, config, request)).kind).toBe('failed');
    const kept = asked(payment('2', CODE), speak('', CODE, { code: '000099', desc: '系统繁忙' }), undo('2', CODE));
    expect((await jdpay.cancel(kept.deps, config, request)).kind, 'JD said that it will not').toBe('succeeded');
    const waiting = asked(payment('1', CODE), undo('0', CODE));
    expect((await jdpay.cancel(waiting.deps, config, request)).kind).toBe('pending');
  });

  test('does not revoke what JD does not have: the buyer may be on the way there', async () => {
    const { deps, endpoints } = asked(none());
    expect(await jdpay.cancel(deps, config, QUERY)).toEqual({ kind: 'pending' });
    expect(endpoints()).toEqual(['query']);
  });

  test.each<[string, Buffer | null, string]>([
    ['silence', null, 'unknown'],
    ['a refusal', refusal, 'unknown'],
    ['that it failed', undo('2'), 'unknown'],
    ['a state that nobody knows', undo('7'), 'unknown'],
    ['another order’s undo', refund('OTHERU', '1'), 'unknown'],
  ])('answered with %s is %3$s', async (_, body, kind) => {
    expect((await jdpay.cancel(asked(payment('0'), body).deps, config, QUERY)).kind).toBe(kind);
  });
});

describe('refunding', () => {
  const { orderNo } = REFUND.refund;

  test('names the refund, its payment and the amount', async () => {
    const { deps, told, endpoints } = asked(refund(orderNo, '0'));
    expect(await jdpay.refund(deps, config, REFUND)).toEqual({ kind: 'pending' });
    expect(endpoints()).toEqual(['refund']);
    expect(told(0)).toMatchObject({
      tradeNum: orderNo,
      oTradeNum: ORDER_NO,
      amount: '234',
      currency: 'CNY',
      tradeTime: '20261123110000',
      notifyUrl: PAY.notifyUrl,
    });
  });

  test('of a payment code’s order goes to that number', async () => {
    const { deps, told } = asked(refund(orderNo, '1', { by: CODE }));
    const request: RefundRequest = { ...REFUND, paid: { ...REFUND.paid, scene: 'code' } };
    expect(await jdpay.refund(deps, config, request)).toMatchObject({ kind: 'succeeded', amount: { minor: 234n } });
    expect(told(0)).toMatchObject({ merchant: CODE.merchant });
  });

  test.each<[string, Buffer | null, string]>([
    ['done', refund(orderNo, '1'), 'succeeded'],
    ['refused by its state', refund(orderNo, '2'), 'failed'],
    ['refused with a code that says nothing', refusal, 'unknown'],
    ['silence', null, 'unknown'],
    ['a state that nobody knows', refund(orderNo, '5'), 'unknown'],
    ['another refund', refund('ANOTHER', '1'), 'unknown'],
  ])('answered with %s is %3$s', async (_, body, kind) => {
    expect((await jdpay.refund(asked(body).deps, config, REFUND)).kind).toBe(kind);
  });

  test('is asked for by its own number', async () => {
    const { deps, told } = asked(refund(orderNo, '1'));
    expect((await jdpay.queryRefund(deps, config, REFUND)).kind).toBe('succeeded');
    expect(told(0)).toMatchObject({ tradeType: '1', tradeNum: orderNo, oTradeNum: ORDER_NO });
    expect(await jdpay.queryRefund(asked(none()).deps, config, REFUND)).toMatchObject({ reason: 'not_found' });
    const unsigned = asked(speakUnsigned('000005', '订单不存在'));
    expect((await jdpay.queryRefund(unsigned.deps, config, REFUND)).kind).toBe('unknown');
    const mixedUp = asked(refund(orderNo, '2', { type: '0' }));
    expect((await jdpay.queryRefund(mixedUp.deps, config, REFUND)).kind, 'a payment’s 2 is no refund’s').toBe(
      'unknown',
    );
  });

  test('as a void is refused: JD has none', async () => {
    expect((await jdpay.refund(asked().deps, config, { ...REFUND, method: 'void' })).kind).toBe('failed');
  });
});
