import { constants, createPrivateKey, createPublicKey, publicEncrypt } from 'node:crypto';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { customerInfo, open, pinBlock, seal, sealedCustomerInfo } from './crypt.ts';
import { mint } from './pretend-unionpay.ts';

const minted = mint({ commonName: 'SEALER', issuer: null, isAuthority: false, serial: '05' });
const privateKey = createPrivateKey(minted.keyPem);
const publicKey = createPublicKey(minted.keyPem);

describe('sealed values', () => {
  test('what we seal is opened by another library', () => {
    const sealed = Buffer.from(seal('6226090000000048', publicKey), 'base64').toString('latin1');
    expect(forge.pki.privateKeyFromPem(minted.keyPem).decrypt(sealed, 'RSAES-PKCS1-V1_5')).toBe('6226090000000048');
  });

  test('what another library sealed is opened, also when empty or as long as can be', () => {
    for (const text of ['6216***********0018', '', 'x'.repeat(245)]) {
      const sealed = forge.pki.publicKeyFromPem(publicPem()).encrypt(text, 'RSAES-PKCS1-V1_5');
      expect(open(Buffer.from(sealed, 'latin1').toString('base64'), privateKey)?.toString()).toBe(text);
    }
  });

  test('a block with wrong padding is not opened', () => {
    const size = 256;
    const wrongBlocks = [
      block(size, [0, 1]), // block type 1
      block(size, [1, 2]),
      block(size, [0, 2, 0]), // padding shorter than eight
      block(size, [0, 2, 7, 7, 7, 7, 7, 7, 7, 0]),
      block(size, [0, 2]), // never ends
    ];
    for (const bytes of wrongBlocks) {
      const key = { key: publicKey, padding: constants.RSA_NO_PADDING };
      expect(open(publicEncrypt(key, bytes).toString('base64'), privateKey)).toBeNull();
    }
    const shortest = block(size, [0, 2, 7, 7, 7, 7, 7, 7, 7, 7, 0]);
    const sealed = publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, shortest).toString('base64');
    expect(open(sealed, privateKey)).toHaveLength(size - 11);
  });

  test('text that is not sealed at all is not opened', () => {
    expect(open('', privateKey)).toBeNull();
    expect(open('6216***********0018', privateKey)).toBeNull();
    expect(open(Buffer.alloc(256, 0xff).toString('base64'), privateKey)).toBeNull();
  });
});

describe('customerInfo', () => {
  test('is {k=v&k=v} in base64', () => {
    const text = customerInfo({ smsCode: '111111', customerNm: '张三' });
    expect(Buffer.from(text, 'base64').toString()).toBe('{customerNm=张三&smsCode=111111}');
  });

  test('seals phone, CVN2 and expiry together and leaves the rest beside them', () => {
    const info = { customerNm: '张三', phoneNo: '18100000000', cvn2: '248', expired: '1912' };
    const text = Buffer.from(sealedCustomerInfo(info, publicKey), 'base64').toString();
    const parts = /^\{customerNm=张三&encryptedInfo=(.+)\}$/.exec(text);
    expect(open(parts?.[1] ?? '', privateKey)?.toString()).toBe('cvn2=248&expired=1912&phoneNo=18100000000');
    expect(text).not.toContain('18100000000');
  });

  test('has no encryptedInfo when nothing is to be sealed', () => {
    expect(Buffer.from(sealedCustomerInfo({ smsCode: '123456' }, publicKey), 'base64').toString()).toBe(
      '{smsCode=123456}',
    );
  });
});

describe('the PIN block', () => {
  test('is 061254C6FFFFFFFB for PIN 123456 and card 6226090000000048', () => {
    expect(pinBlock('123456', '6226090000000048').toString('hex').toUpperCase()).toBe('061254C6FFFFFFFB');
  });

  test('takes a card number of 19 digits and a PIN of 4', () => {
    expect(pinBlock('1234', '6212345678901234567').toString('hex')).toBe(
      (0x041234ffffffffffn ^ 0x0000567890123456n).toString(16).padStart(16, '0'),
    );
  });

  test('refuses what is not a PIN or a card number', () => {
    expect(() => pinBlock('123', '6226090000000048')).toThrow();
    expect(() => pinBlock('123456', '6226-0900-0000-0048')).toThrow();
  });
});

function publicPem(): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

function block(size: number, start: number[]): Buffer {
  const bytes = Buffer.alloc(size, 7);
  Buffer.from(start).copy(bytes);
  return bytes;
}
