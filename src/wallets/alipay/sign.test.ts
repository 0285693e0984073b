import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readAnswer } from './parse.ts';
import { isSignedRsa2, notificationText, requestText, signRsa2 } from './sign.ts';

/* Known answers: real messages and keys that Alipay publishes with the tests of its SDK for Node.js. */

/** Of an application in Alipay's sandbox. */
const ANSWER_KEY = publicKey(
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAk7LzhmMa2c4qQd4fqAqenfbuFoA7stPKvoS1LrZEsVnOOGUUjwoa1oU9xsSPjcOWhIerU/VAN4J95GIAXx59ipcleIyfLn2FhHXPgLJpvo+b2jJFyn/1/DbeJDh+0yDVAOf50Z7HhI0mdUhFMkXlT7BU0ZMtJf/TmISFEfhDU/w6qFd6D42L97byAkq0K6LroglSVF24GqJEa7hSeUIkZWj7RasykXrc2uVJ1+ejkXE0LyPxa2AHykMGbJLf5SiZvaNzUZgnKIR36mLOHpQ/2JCXxhXZYUWHzy0kMH54JcUEeksFWBYLGvLjV1phbcUIc3Q76tIuqApY6E222OoZZQIDAQAB',
);

const ANSWER =
  '{"alipay_open_file_upload_response":{"code":"10000","msg":"Success","file_id":"CAxAToWB1JsAAAAAAAAAAAAADgSLAQBr"},"sign":"F+LDzpTNiavn7xVZPGuPCSSVRSmWzJGgtuji6tVELGEaqMaNj0jRKXUEr5nloZJBBmwEnddOyCjjepMmrTKTvoOqQ0Efxpr/R1iEeHTHVbb/Q8TTh6Up5gHJDkILdaWS2q1cWeQ6VT+HQY9P3WRXS7uhILHuDODIhpAyCu5KhWGt0rMCIG+Im6NODJP2oohtSCtmTFXg58HH587Z2y2bdbjzOxLvzD9IrU1imghXQ2S/Q+wMIvRk9on6cWnBLkrNvJKapA2ReNGWOwyuASvB9zDVzhMPbR+3mfRGkVDxsq5HYLjBKGskJMXHw0HuugZij6ScRuaLPODhmHwr/pJ9yw=="}';
const ANSWER_NODE = 'alipay_open_file_upload_response';

const NOTIFICATIONS_KEY = publicKey(
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqObrdC7hrgAVM98tK0nv3hSQRGGKT4lBsQjHiGjeYZjOPIPHR5knm2jnnz/YGIXIofVHkA/tAlBAd5DrY7YpvI4tP5EONLtZKC2ghBMx7McI2wRD0xiqzxOQr1FuhZGJ8/AUokBzJrzY+aGX2xcOrxFYRlFilvVLTXg4LWjR1tdPkO6+i7wQZAIVMClPkwVRZEbaERRHlKqTzv2gGv5rDU8gRoe1LeaN+6BlbTqHWkQcNCUNrA8C6l17XAXGKDsm/9TFWwO8EPHHHCaQdjtV5/FdcWIt+L8SR1ss7EXTjYDFtxcKVv9rEoY1lX8T4mX+GbXfZHraG5NCF1+XioL5JwIDAQAB',
);
const NOTIFICATION = {
  gmt_create: '2019-08-15 15:56:22',
  charset: 'utf-8',
  seller_email: 'z97-yuquerevenue@service.aliyun.com',
  subject: '语雀空间 500人规模',
  sign: 'QfTb8tqE1BMhS5qAnXtvsF3/jBkEvu9q9en0pdbBUDDjvKycZhQb7h8GDs4FKfi049PynaNuatxSgLb/nLWZpXyyh0LEWdK2S6Ri7nPwrVgOs08zugLO20vOQz44y3ti2Ncm8/wZts1Fr2gZ7pShnVX3d1B50hbsXnObT1r/U8ONNQjWXd0HIul4TG+Q3fm3svmSvFEy0WnzuhcyHPX5Gm4ELNctL6Qd5YniGJFNcc7kopHYtI/XD9YCKCH6Ct02rzUs9i11C9CsadtZn+WhxF26Dqt9sGEFajkJ8cxUTLi8+VCpLHsgPE8P0y095uQcDdK0YjCh4x7wVSov+lrmOQ==',
  buyer_id: '2088102534368455',
  invoice_amount: '0.10',
  notify_id: '2019081500222155624068450559358070',
  fund_bill_list: '[{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}]',
  notify_type: 'trade_status_sync',
  trade_status: 'TRADE_SUCCESS',
  receipt_amount: '0.10',
  buyer_pay_amount: '0.10',
  sign_type: 'RSA2',
  app_id: '2019073166072302',
  seller_id: '2088531891668739',
  gmt_payment: '2019-08-15 15:56:24',
  notify_time: '2019-08-15 15:56:25',
  version: '1.0',
  out_trade_no: '20190815155618536-564-57',
  total_amount: '0.10',
  trade_no: '2019081522001468450512505578',
  auth_app_id: '2019073166072302',
  buyer_logon_id: 'xud***@126.com',
  point_amount: '0.00',
};

describe('an answer', () => {
  test('of Alipay carries its signature over the node as it is written', () => {
    const parts = readAnswer(Buffer.from(ANSWER), ANSWER_NODE);
    expect(parts).toMatchObject({ nodeName: ANSWER_NODE, certSn: null });
    expect(isSignedRsa2(parts?.nodeText ?? '', parts?.sign ?? '', ANSWER_KEY)).toBe(true);
  });

  test('of Alipay is not believed once a letter of it has changed', () => {
    const parts = readAnswer(Buffer.from(ANSWER.replace('Success', 'Succesz')), ANSWER_NODE);
    expect(isSignedRsa2(parts?.nodeText ?? '', parts?.sign ?? '', ANSWER_KEY)).toBe(false);
  });

  test('with escaped slashes is signed with them: written again by us it would not fit', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const node = '{"qr_code":"https:\\/\\/qr.alipay.com\\/bax1"}';
    const body = `{"${ANSWER_NODE}":${node},"sign":"${await signRsa2(node, pair.privateKey)}"}`;
    const parts = readAnswer(Buffer.from(body), ANSWER_NODE);
    expect(isSignedRsa2(parts?.nodeText ?? '', parts?.sign ?? '', pair.publicKey)).toBe(true);
    const again = JSON.stringify(JSON.parse(parts?.nodeText ?? '{}'));
    expect(again).toContain('https://');
    expect(isSignedRsa2(again, parts?.sign ?? '', pair.publicKey)).toBe(false);
  });
});

describe('a notification', () => {
  test('of Alipay carries its signature without sign_type', () => {
    expect(isSignedRsa2(notificationText(NOTIFICATION), NOTIFICATION.sign, NOTIFICATIONS_KEY)).toBe(true);
    expect(isSignedRsa2(requestText(NOTIFICATION), NOTIFICATION.sign, NOTIFICATIONS_KEY)).toBe(false);
  });

  test.each(Object.keys(NOTIFICATION).filter((name) => !name.startsWith('sign')))(
    'is another one with another %s',
    (name) => {
      const changed = { ...NOTIFICATION, [name]: 'x' };
      expect(isSignedRsa2(notificationText(changed), NOTIFICATION.sign, NOTIFICATIONS_KEY)).toBe(false);
    },
  );

  test('has one spelling of its signature', () => {
    const text = notificationText(NOTIFICATION);
    for (const sign of [
      NOTIFICATION.sign.slice(0, -1),
      `${NOTIFICATION.sign}\n`,
      NOTIFICATION.sign.replace('+', '-'),
      '',
    ]) {
      expect(isSignedRsa2(text, sign, NOTIFICATIONS_KEY)).toBe(false);
    }
  });
});

describe('a request', () => {
  test('signs every parameter that is not empty, sign_type too, by name and unescaped', () => {
    const fields = {
      version: '1.0',
      app_id: '2021',
      biz_content: '{"a":"&="}',
      return_url: '',
      sign_type: 'RSA2',
      sign: 'x',
    };
    expect(requestText(fields)).toBe('app_id=2021&biz_content={"a":"&="}&sign_type=RSA2&version=1.0');
  });

  test('is signed by SHA256withRSA over its UTF-8', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = await signRsa2('咖啡', pair.privateKey);
    expect(createVerify('RSA-SHA256').update('咖啡', 'utf8').verify(pair.publicKey, signature, 'base64')).toBe(true);
  });
});

function publicKey(base64: string) {
  return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
}
