import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { fetchEncryptionCertificate, refreshEncryption } from './encryption-certificate.ts';
import { merchantSettings, middle, sealer, speak } from './pretend-unionpay.ts';
import { answering } from './test-asking.ts';

const ORDERED_AT = new Date('2026-11-23T02:11:12Z');
const config = readConfig(merchantSettings());

describe('the encryption certificate', () => {
  const name = { orderNo: 'CERT00000001', orderedAt: ORDERED_AT };
  const answer = { orderId: name.orderNo, txnTime: '20261123101112', txnType: '95', respCode: '00' };

  test('is fetched with its decimal number', async () => {
    const { deps, sent } = answering(ORDERED_AT, speak({ ...answer, encryptPubKeyCert: sealer.pem }).answer);
    expect(await fetchEncryptionCertificate(deps, config, name)).toEqual({
      kind: 'certificate',
      pem: sealer.pem,
      certId: '269628502',
    });
    expect(sent[0]?.fields).toMatchObject({
      txnType: '95',
      txnSubType: '00',
      bizType: '000000',
      certType: '01',
      channelType: '07',
    });
  });

  test('refreshes the settings where it is another one', async () => {
    const { deps } = answering(ORDERED_AT, speak({ ...answer, encryptPubKeyCert: sealer.pem }).answer);
    expect(await refreshEncryption(deps, config, name)).toEqual({ kind: 'settings', settings: {} });
    const other = answering(ORDERED_AT, speak({ ...answer, encryptPubKeyCert: middle.pem }).answer);
    expect(await refreshEncryption(other.deps, config, name)).toEqual({
      kind: 'settings',
      settings: { encryption_certificate_pem: middle.pem },
    });
    const { encryption_certificate_pem: _, ...without } = merchantSettings();
    expect(await refreshEncryption(answering(ORDERED_AT).deps, readConfig(without), name)).toEqual({
      kind: 'settings',
      settings: {},
    });
  });

  test('is unknown or failed when it did not come', async () => {
    const reply = async (fields: Record<string, string>) =>
      fetchEncryptionCertificate(answering(ORDERED_AT, speak({ ...answer, ...fields }).answer).deps, config, name);
    expect(await reply({})).toMatchObject({ kind: 'unknown' });
    expect(await reply({ respCode: '32' })).toMatchObject({ kind: 'failed' });
  });
});
