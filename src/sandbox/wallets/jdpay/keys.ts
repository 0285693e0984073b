import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../../../base/random.ts';
import { openKeptKeys } from '../ground/kept-keys.ts';

const generate = promisify(generateKeyPair);
const VERSION = 1;
const RSA_BITS = 1024; // as JD's own and its merchants' keys have

/** The keys as they are kept: texts only, every one of them pretend. */
interface KeptKeys {
  version: typeof VERSION;
  jdKeyPem: string;
  shops: KeptShop[];
}

interface KeptShop {
  name: string;
  appId: string;
  md5Key: string;
  main: KeptMerchant;
  code: KeptMerchant;
}

interface KeptMerchant {
  merchantNo: string;
  /** Base64 of 24 bytes. */
  desKey: string;
  keyPem: string;
}

/** One merchant number: a shop has one for everything but payment codes, and one for those. */
export interface SandboxMerchant {
  merchantNo: string;
  name: string;
  business: 'main' | 'code';
  desKey: Buffer;
  publicKey: KeyObject;
  appId: string;
  md5Key: string;
}

export interface SandboxKeys {
  jdKey: KeyObject;
  merchants: ReadonlyMap<string, SandboxMerchant>;
  /** What each shop types into a wallet account, for a simulator at this address. */
  settings(url: string): MerchantSettings[];
}

export interface MerchantSettings {
  merchant: string;
  des_key: string;
  merchant_private_key_pem: string;
  jd_public_key_pem: string;
  md5_key: string;
  app_id: string;
  code_merchant: string;
  code_des_key: string;
  code_merchant_private_key_pem: string;
  code_device: string;
  pay_url: string;
  h5_url: string;
  service_url: string;
}

/** Minted at the first start: JD's pair, and two shops with two merchant numbers each. */
export async function openKeys(random: Random, dataDir: string | null): Promise<SandboxKeys> {
  return await openKeptKeys(dataDir, VERSION, () => mint(random), load);
}

async function mint(random: Random): Promise<KeptKeys> {
  const [jd = '', ...pems] = await Promise.all(Array.from({ length: 5 }, newKeyPem));
  const merchant = (merchantNo: string, keyPem = ''): KeptMerchant => ({
    merchantNo,
    desKey: random.bytes(24).toString('base64'),
    keyPem,
  });
  const shop = (name: string, main: KeptMerchant, code: KeptMerchant): KeptShop => ({
    name,
    appId: random.bytes(16).toString('hex'),
    md5Key: random.bytes(16).toString('hex'),
    main,
    code,
  });
  return {
    version: VERSION,
    jdKeyPem: jd,
    shops: [
      shop('胡同百货', merchant('110290193001', pems[0]), merchant('110290193002', pems[1])),
      shop('春风书店', merchant('110290194001', pems[2]), merchant('110290194002', pems[3])),
    ],
  };
}

async function newKeyPem(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: RSA_BITS });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function load(kept: KeptKeys): SandboxKeys {
  const jdKey = createPrivateKey(kept.jdKeyPem);
  const all = kept.shops.flatMap((shop) => [toMerchant(shop, 'main'), toMerchant(shop, 'code')]);
  return {
    jdKey,
    merchants: new Map(all.map((merchant) => [merchant.merchantNo, merchant])),
    settings: (url) => kept.shops.map((shop) => toSettings(shop, jdKey, url)),
  };
}

function toMerchant(shop: KeptShop, business: 'main' | 'code'): SandboxMerchant {
  const { merchantNo, desKey, keyPem } = shop[business];
  return {
    merchantNo,
    name: shop.name,
    business,
    desKey: Buffer.from(desKey, 'base64'),
    publicKey: createPublicKey(createPrivateKey(keyPem)),
    appId: shop.appId,
    md5Key: shop.md5Key,
  };
}

function toSettings(shop: KeptShop, jdKey: KeyObject, url: string): MerchantSettings {
  return {
    merchant: shop.main.merchantNo,
    des_key: shop.main.desKey,
    merchant_private_key_pem: shop.main.keyPem,
    jd_public_key_pem: createPublicKey(jdKey).export({ type: 'spki', format: 'pem' }).toString(),
    md5_key: shop.md5Key,
    app_id: shop.appId,
    code_merchant: shop.code.merchantNo,
    code_des_key: shop.code.desKey,
    code_merchant_private_key_pem: shop.code.keyPem,
    code_device: 'TILL01',
    pay_url: `${url}/wepay/jdpay`,
    h5_url: `${url}/h5pay/jdpay`,
    service_url: `${url}/service`,
  };
}
