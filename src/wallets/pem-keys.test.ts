import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isStrongRsa, readPemCertificates, readPemPrivateKey, readPemPublicKey } from './pem-keys.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const lockedPem = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();

test('a key is read as what it says it is, and as nothing else', () => {
  expect(readPemPrivateKey(privatePem)?.equals(privateKey)).toBe(true);
  expect(readPemPublicKey(publicPem)?.equals(publicKey)).toBe(true);
  for (const text of ['', 'x', publicPem, lockedPem, privatePem.slice(0, -60)])
    expect(readPemPrivateKey(text)).toBeNull();
  for (const text of ['', 'x', privatePem, lockedPem, publicPem.slice(0, -60)])
    expect(readPemPublicKey(text)).toBeNull();
  for (const text of ['', 'x', publicPem, privatePem]) expect(readPemCertificates(text)).toBeNull();
});

test('strong is RSA of enough bits', () => {
  expect([2048, 2049].map((bits) => isStrongRsa(publicKey, bits))).toEqual([true, false]);
  expect(isStrongRsa(generateKeyPairSync('ed25519').publicKey, 0)).toBe(false);
});
