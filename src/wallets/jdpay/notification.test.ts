import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import type { NotificationReading } from '../wallet.ts';
import { readConfig } from './config.ts';
import { jdpay } from './jdpay.ts';
import {
  answering,
  CODE,
  DEMO,
  MAIN,
  merchantSettings,
  speak,
  speakUnsigned,
  strangerKeyPem,
} from './pretend-jdpay.ts';

const config = readConfig(merchantSettings());
const ORDER_NO = '06F5KZJ8W0000000000000ABCD';
const PAID = `<tradeNum>${ORDER_NO}</tradeNum><tradeType>0</tradeType><note></note><amount>1234</amount><status>2</status>`;
const REFUNDED = `<tradeType>1</tradeType><tradeNum>REFUND1</tradeNum><oTradeNum>${ORDER_NO}</oTradeNum><amount>34</amount><currency>CNY</currency><tradeTime>20261123101112</tradeTime><note></note><status>1</status>`;
const undone = (status: string, more: { no?: string; of?: string; type?: string } = {}) =>
  `<tradeType>${more.type ?? '2'}</tradeType><tradeNum>${more.no ?? `${ORDER_NO}U`}</tradeNum><oTradeNum>${more.of ?? ORDER_NO}</oTradeNum><amount>1234</amount><currency>CNY</currency><status>${status}</status>`;
const NO_UNDO = speak('', MAIN, { code: '000005', desc: '订单不存在' });

/** Reads a notification; JD is asked whether the payment was undone and answers `answers`. */
async function read(body: Buffer, ...answers: (Buffer | null)[]): Promise<NotificationReading> {
  const { send } = answering(...answers);
  const deps = { send, clock: new ManualClock(new Date('2026-11-23T02:20:00Z')), random: systemRandom, log: silentLog };
  return await jdpay.readNotification(deps, config, { headers: { 'content-type': 'application/xml' }, body });
}

describe('a notification', () => {
  test('of a payment tells what was paid', async () => {
    expect(await read(speak(PAID), NO_UNDO)).toEqual({
      kind: 'payment',
      merchantNo: MAIN.merchant,
      orderNo: ORDER_NO,
      orderedAt: null,
      outcome: {
        kind: 'succeeded',
        walletPaymentId: ORDER_NO,
        amount: { currency: 'CNY', minor: 1234n },
        occurredAt: null,
        facts: {},
      },
    });
  });

  test('of a refund tells what went back', async () => {
    expect(await read(speak(REFUNDED))).toMatchObject({
      kind: 'refund',
      merchantNo: MAIN.merchant,
      orderNo: 'REFUND1',
      outcome: { kind: 'succeeded', amount: { minor: 34n } },
    });
  });

  test('to the number for payment codes is opened with its keys and told as the account’s', async () => {
    const none = speak('', CODE, { code: '000005', desc: '订单不存在' });
    expect(await read(speak(PAID, CODE), none)).toMatchObject({ merchantNo: MAIN.merchant, orderNo: ORDER_NO });
  });

  test('says 2 for paid: the 0 of a browser’s return is no success here', async () => {
    const told = await read(speak(PAID.replace('<status>2<', '<status>0<')));
    expect(told).toMatchObject({ kind: 'payment', outcome: { kind: 'pending' } });
  });

  test('is read with either header, and with a signature on several lines', async () => {
    const header = '<?xml version="1.0" encoding="UTF-8"?>';
    const spell = (sign: string) => `\n${sign.slice(0, 60)}\n ${sign.slice(60)}\n`;
    expect(await read(speak(PAID, MAIN, { header, spell }), NO_UNDO)).toMatchObject({ kind: 'payment' });
  });
});

describe('a payment that is told as paid', () => {
  const outcomeAfter = async (answer: Buffer | null) => {
    const told = await read(speak(PAID), answer);
    return told.kind === 'refused' ? told : told.outcome;
  };

  test('is paid where JD knows of no undo, signed or not', async () => {
    expect(await outcomeAfter(NO_UNDO)).toMatchObject({ kind: 'succeeded' });
    expect(await outcomeAfter(speakUnsigned('999999', '系统繁忙'))).toMatchObject({ kind: 'succeeded' });
  });

  test('has failed where it was undone, waits while it is being undone, and is paid where that failed', async () => {
    expect(await outcomeAfter(speak(undone('1', { type: '1' })))).toMatchObject({ reason: 'already_undone' });
    expect(await outcomeAfter(speak(undone('0', { type: '1' })))).toEqual({ kind: 'pending' });
    expect(await outcomeAfter(speak(undone('2', { type: '1' })))).toMatchObject({ kind: 'succeeded' });
  });

  test('is not known where JD does not answer, or not so that it can be believed', async () => {
    expect(await outcomeAfter(null)).toMatchObject({ kind: 'unknown' });
    expect(await outcomeAfter(Buffer.from('<!doctype html>'))).toMatchObject({ kind: 'unknown' });
    expect(await outcomeAfter(speak(undone('1', { type: '1' }), { ...MAIN, jdKeyPem: strangerKeyPem }))).toMatchObject({
      kind: 'unknown',
    });
  });
});

describe('an undo that is told', () => {
  test('means that its payment will never be paid', async () => {
    for (const type of ['1', '2']) {
      expect(await read(speak(undone('1', { type })))).toMatchObject({
        kind: 'payment',
        orderNo: ORDER_NO,
        outcome: { kind: 'failed', reason: 'already_undone' },
      });
    }
  });

  test('and has not happened yet, or not at all, says nothing about its payment', async () => {
    for (const status of ['0', '2', '7']) {
      expect(await read(speak(undone(status)))).toMatchObject({ kind: 'payment', outcome: { kind: 'pending' } });
    }
  });

  test('and is none of ours is refused', async () => {
    expect((await read(speak(undone('1', { no: 'SOMETHING' })))).kind).toBe('refused');
    expect((await read(speak(undone('1', { of: 'ANOTHER' })))).kind).toBe('refused');
  });
});

describe('what is refused, and changes nothing', () => {
  const dtd = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE jdpay [<!ENTITY x "y">]>';
  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a form', Buffer.from('tradeNum=1&status=2')],
    ['HTML', Buffer.from('<!doctype html><p>hello')],
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0xff, 0xfe, 0x3e])],
    [
      'a document type outside',
      Buffer.from(
        speak(PAID)
          .toString()
          .replace(/^<\?xml[^>]*>/, dtd),
      ),
    ],
    ['a document type inside', speak(PAID, MAIN, { header: dtd })],
    ['an entity inside', speak(PAID.replace('1234', '&x;'))],
    ['CDATA inside', speak(PAID.replace('1234', '<![CDATA[1234]]>'))],
    ['too much of everything', Buffer.concat([speak(PAID), Buffer.alloc(300_000, ' ')])],
    ['no signature', speak(PAID, MAIN, { forge: (text) => text.replace(/<sign>.*<\/sign>/, '') })],
    ['two signatures', speak(PAID, MAIN, { forge: (text) => text.replace(/<sign>.*<\/sign>/, '$&$&') })],
    ['a changed amount', speak(PAID, MAIN, { forge: (text) => text.replace('1234', '1235') })],
    ['an added blank', speak(PAID, MAIN, { forge: (text) => text.replace('<note></note>', '<note> </note>') })],
    ['an empty signature', speak(PAID, MAIN, { spell: () => '' })],
    ['a stranger’s signature', speak(PAID, { ...MAIN, jdKeyPem: strangerKeyPem })],
    ['a message for another merchant', speak(PAID, { ...MAIN, merchant: '110000009' })],
    [
      'another merchant’s message under our number',
      speak(PAID, { ...MAIN, merchant: '110000009' }, { outer: { merchant: MAIN.merchant } }),
    ],
    ['one for payment codes under the other number', speak(PAID, CODE, { outer: { merchant: MAIN.merchant } })],
    ['another merchant’s keys', speak(PAID, { ...MAIN, desKey: DEMO.desKey })],
    ['another version', speak(PAID, MAIN, { outer: { version: 'V1.0' } })],
    ['an outside that says something else', speak(PAID, MAIN, { outer: { desc: '失败' } })],
    ['another code outside', speak(PAID, MAIN, { code: '000001', outer: { code: '000000' } })],
    ['a refusal', speak(PAID, MAIN, { code: '000001' })],
    ['a refusal without an inside', speakUnsigned('000001', '系统繁忙')],
    ['success without an inside', speakUnsigned('000000', '成功')],
    ['no tradeNum', speak('<tradeType>0</tradeType><amount>1</amount><status>2</status>')],
    ['no tradeType', speak(PAID.replace('<tradeType>0</tradeType>', ''))],
    ['a tradeType that nobody knows', speak(PAID.replace('<tradeType>0<', '<tradeType>3<'))],
    ['an amount that comes twice', speak(`${PAID}<amount>1</amount>`)],
  ])('%s', async (_, body) => {
    expect((await read(body)).kind).toBe('refused');
  });

  test('an encrypted text that is cut, not hex, or not whole', async () => {
    const text = speak(PAID).toString();
    const hex = Buffer.from(/<encrypt>(.*)<\/encrypt>/.exec(text)?.[1] ?? '', 'base64').toString();
    const as = (changed: string) =>
      Buffer.from(
        text.replace(/<encrypt>.*<\/encrypt>/, `<encrypt>${Buffer.from(changed).toString('base64')}</encrypt>`),
      );
    expect((await read(as(hex), NO_UNDO)).kind).toBe('payment');
    for (const changed of [
      hex.slice(0, -16),
      hex.slice(0, -1),
      hex.toUpperCase(),
      `zz${hex.slice(2)}`,
      '',
      `${hex}${hex}`,
    ]) {
      expect((await read(as(changed))).kind, changed.slice(-20)).toBe('refused');
    }
    expect((await read(Buffer.from(text.replace('<encrypt>', '<encrypt>*')))).kind).toBe('refused');
  });
});
