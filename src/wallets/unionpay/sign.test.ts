import { createHash, createPublicKey, createSign, generateKeyPairSync, publicDecrypt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isSignedRsa, isSignedShared, signRsa, signShared, signText } from './sign.ts';

const FIELDS = { txnTime: '20261123101112', amount: '中文 +/=', accessType: '0', Zeta: '1', empty: '', signature: 'x' };
const TEXT = 'Zeta=1&accessType=0&amount=中文 +/=&txnTime=20261123101112';

// Made with the openssl program: printf TEXT | openssl dgst -sha256, then openssl dgst -sha256 -sign over the hex letters.
const PUBLIC_KEY = createPublicKey({
  format: 'der',
  type: 'spki',
  key: Buffer.from(
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAq7eDByIq5taLqzoCMw73AR4oyiVMugudwyTpF6QFwooTEt+scIY3c9zcSnc1wHHLa7NL7mljZIDn1gpoZR3TWhqLyvJidkCejt/HYPvTXnlX1Psi5/hLHp4fNBYmUNBTa2STPI5TFHm60ntI1D3tbZ16HBgKvP4iOtONq57faG8ySwg7CefXRXBcHl07J7NrhQBf8vECt7xLOSjRF2LMnJvKBPrjb9fMlMwa9czFao0SRf+0Tdhs2f+/XQN5499pTqxC1uxEukGTQRaRt071cAuE6wSoxW4u61SyR4X09eRZZXVR41nGiHQrX+5EHf//Ykv10QtMRrdCs4RT8RUTnQIDAQAB',
    'base64',
  ),
});
const SIGNED_HEX =
  'hKOObNlihQDf6sF0iV7icBHxH1TPooVBM1b6plqtWRXaRxQyemj3X4PbEpeSB9dVjcFl/2Th5YO2wi2x+7tR+WEyYivN+acXrhUQZ00SgTTs/g11zaxpkDKmxWW8eVohS3qlumNh9mx9iC36Bko/ZSx8Mzp9HFTp/B8JTnzHstUQ5hw5+9CvpbOweCITOXW8VmX/zhRAdTAtQTptD0Uvbz3Grrk1fp4qx4ty3IM6aJRsNSINqeAs9+dXjUya7t+c2gNFln3w4bejrCxXSqPGJ7q3mtjQRv2Nb6DM5E25vtZu8HKU8AJJhkP5MDVmHb+MFheeTXn/7Kv24KSWstduow==';
const SIGNED_ONCE =
  'Rr/GEgyJnwNZWJp2KWjEcFY5LdLWXDYIyAaM+ax6oycGB8yE64bOdR2zwSicrEben6UCCQ9a9mbAVX0E53ykWdyj6fIq3QkPHKuo5RWmaokaaxlhRorkXVhCllSyNVjQ56wpNKeoii397l10w1UNZTRIlwdIHK9gvvgdW1S582imbHCP+Z4ERaDYrUshLUtbrmNVxoRdse2zdequZ9lXF+RW00d+E5KN9SxwB6fIlbPN6jcjG7Q9L1uPuaZjZE2yedRSsAmHTEWE+G/I76DIQHGfAEiAWFrHACw4TbzvFyZhBw4wKh7ZCMmvNipksDxe9zWIlqMg1bybBSgySIr3NA==';

describe('the text that is signed', () => {
  test('is sorted with upper case first, not url-encoded, without empty fields and signature', () => {
    expect(signText(FIELDS)).toBe(TEXT);
  });

  test('keeps signPubKeyCert with its CR LF', () => {
    expect(signText({ signPubKeyCert: 'a\r\nb', certId: '1' })).toBe('certId=1&signPubKeyCert=a\r\nb');
  });
});

describe('signMethod 01', () => {
  test('accepts what openssl has signed over the hex letters of the hash', async () => {
    expect(isSignedRsa({ ...FIELDS, signature: SIGNED_HEX }, PUBLIC_KEY)).toBe(true);
  });

  test('refuses a signature over the text itself, hashed once', async () => {
    expect(isSignedRsa({ ...FIELDS, signature: SIGNED_ONCE }, PUBLIC_KEY)).toBe(false);
  });

  test('signs so that the opened signature holds the hash of the hex letters, the same every time', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = await signRsa(FIELDS, privateKey);
    const opened = publicDecrypt(publicKey, Buffer.from(signature, 'base64')); // DigestInfo: its last 32 bytes are the hash
    const hex = createHash('sha256').update(TEXT).digest('hex');
    expect(opened.subarray(-32).toString('hex')).toBe(createHash('sha256').update(hex).digest('hex'));
    expect(await signRsa(FIELDS, privateKey)).toBe(signature);
  });

  test('refuses a signature over the bytes of the hash instead of its hex letters', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const bytes = createHash('sha256').update(TEXT).digest();
    const over = (data: Buffer): string => createSign('sha256').update(data).sign(privateKey, 'base64');
    expect(isSignedRsa({ ...FIELDS, signature: over(bytes) }, publicKey)).toBe(false);
    expect(isSignedRsa({ ...FIELDS, signature: over(Buffer.from(bytes.toString('hex'))) }, publicKey)).toBe(true);
    expect(
      isSignedRsa({ ...FIELDS, signature: over(Buffer.from(bytes.toString('hex').toUpperCase())) }, publicKey),
    ).toBe(false);
  });

  test('one changed byte of a value or of the signature is refused', async () => {
    expect(isSignedRsa({ ...FIELDS, Zeta: '2', signature: SIGNED_HEX }, PUBLIC_KEY)).toBe(false);
    for (let at = 0; at < SIGNED_HEX.length; at += 7) {
      const other = SIGNED_HEX[at] === 'A' ? 'B' : 'A';
      const signature = SIGNED_HEX.slice(0, at) + other + SIGNED_HEX.slice(at + 1);
      expect(isSignedRsa({ ...FIELDS, signature }, PUBLIC_KEY), `at ${at}`).toBe(false);
    }
  });

  test('another spelling of the same signature bytes is refused', async () => {
    const spellings = [
      SIGNED_HEX.replace('+', '-'),
      SIGNED_HEX.replace('ow==', 'ox=='),
      SIGNED_HEX.replace('==', ''),
      `${SIGNED_HEX} `,
      SIGNED_HEX.replaceAll('+', ' '),
      '',
    ];
    for (const signature of spellings) expect(isSignedRsa({ ...FIELDS, signature }, PUBLIC_KEY)).toBe(false);
    expect(isSignedRsa({ Zeta: '1' }, PUBLIC_KEY)).toBe(false);
  });
});

describe('signMethod 11 and 12', () => {
  const key = 'a-secure-key-of-the-merchant';
  // printf 'TEXT&hex(H(key))' | openssl dgst -sha256 and -sm3
  const vectors = [
    ['11', 'ec7e29a9194049dc053432d5f111f6b56653e3951e4640174fd9228e382e03bd'],
    ['12', '3c320b47653b6f3bb66af6c5e353eec141896f7b855629c4a8d9cecedad27625'],
  ] as const;

  test.each(vectors)('%s agrees with openssl', (method, signature) => {
    expect(signShared(FIELDS, method, key)).toBe(signature);
    expect(isSignedShared({ ...FIELDS, signature }, method, key)).toBe(true);
  });

  test('refuses another key, method, letter case, length or value', () => {
    const signature = vectors[0][1];
    expect(isSignedShared({ ...FIELDS, signature }, '11', `${key}.`)).toBe(false);
    expect(isSignedShared({ ...FIELDS, signature }, '12', key)).toBe(false);
    expect(isSignedShared({ ...FIELDS, signature: signature.toUpperCase() }, '11', key)).toBe(false);
    expect(isSignedShared({ ...FIELDS, signature: `${signature}0` }, '11', key)).toBe(false);
    expect(isSignedShared({ ...FIELDS, Zeta: '0', signature }, '11', key)).toBe(false);
    expect(isSignedShared({ ...FIELDS, signature: '' }, '11', key)).toBe(false);
  });
});
