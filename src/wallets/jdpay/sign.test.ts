import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { CAUGHT_REFUND, DEMO, merchantPublicKeyPem } from './pretend-jdpay.ts';
import { appSignData, formText, isSignedText, signText } from './sign.ts';

const jdKey = createPublicKey(DEMO.jdPublicKeyPem);
const demoKey = createPrivateKey(DEMO.privateKeyPem);

describe('a signature', () => {
  test('of the published demo merchant comes out letter for letter', () => {
    const text =
      '<?xml version="1.0" encoding="UTF-8"?><jdpay><amount>1</amount><currency>CNY</currency><merchant>22294531</merchant><note></note><notifyUrl>http://10.13.81.116:63917/AsynNotifyHandler.ashx</notifyUrl><oTradeNum>1494236491939</oTradeNum><tradeNum>1494236491939_r</tradeNum><tradeTime>20170508174906</tradeTime><version>V2.0</version></jdpay>';
    expect(signText(text, demoKey)).toBe(
      'UlcPzSqTH+E/zCqZFUFsY+zZ7mj7sS1XF9By2HEb9a0v6s0px6cUjTMU8J5YmJ521DkePRDiA3XXISls9XDISsZvRXJBfBe9pOLf09HzJza45x4iMuuSyxeaGEGLHo5b9bAGslcwFPNZ14yxbGcptQ4tcvO30yNDbsWroTMzGZo=',
    );
  });

  test('that JD itself made is believed, in one line and in several', () => {
    const { signed, sign } = CAUGHT_REFUND;
    expect(isSignedText(signed, sign, jdKey)).toBe(true);
    expect(isSignedText(signed, ` ${sign.slice(0, 76)}\r\n${sign.slice(76)}\n`, jdKey)).toBe(true);
  });

  test('is not believed with one changed byte, for another text, by another key, or spelled in another way', () => {
    const { signed, sign } = CAUGHT_REFUND;
    for (let at = 0; at < sign.length; at += 7) {
      const changed = sign.slice(0, at) + (sign[at] === 'A' ? 'B' : 'A') + sign.slice(at + 1);
      expect(isSignedText(signed, changed, jdKey), `letter ${at}`).toBe(false);
    }
    expect(isSignedText(signed.replace('<amount>1<', '<amount>2<'), sign, jdKey)).toBe(false);
    expect(isSignedText(signed, sign, createPublicKey(merchantPublicKeyPem))).toBe(false);
    expect(isSignedText(signed, signText(signed, demoKey), jdKey), "the merchant's own").toBe(false);
    expect(isSignedText(signed, sign.replace(/=$/, ''), jdKey)).toBe(false);
    expect(isSignedText(signed, sign.replace(/c=$/, 'd='), jdKey), 'bits that base64 drops').toBe(false);
    expect(isSignedText(signed, '', jdKey)).toBe(false);
    expect(isSignedText(signed, 'AAAA', jdKey)).toBe(false);
  });
});

test('a form is signed by its clear values, sorted, without empty ones and without its signature', () => {
  const text = formText({ tradeNum: '1', amount: '2', note: '', sign: 'x', version: 'V2.0', Zed: '3' });
  expect(text).toBe('Zed=3&amount=2&tradeNum=1&version=V2.0');
});

test('an app is handed the MD5 of merchant, order and key', () => {
  // Worked out from JD Pay V2.0 for the demo merchant.
  expect(appSignData(DEMO.merchant, '12345678', new Secret(DEMO.md5Key))).toBe('807a189bdd3362c7e2cb78901a008a2c');
});
