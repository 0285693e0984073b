import type { OpenWalletName, WalletName } from '../../wallets/wallet.ts';
import type { SettingForm, SettingRow, WalletForm } from './setting-row.ts';

type Ask = SettingRow['ask'];

const line = (setting: string, option: string, what: string, ask: Ask): SettingRow => ({
  setting,
  option,
  what,
  from: 'line',
  form: 'text',
  ask,
});
const file = (setting: string, option: string, what: string, form: SettingForm, ask: Ask): SettingRow => ({
  setting,
  option,
  what,
  from: form === 'private_key' || form === 'pfx' || form === 'p12' ? 'secret_file' : 'file',
  form,
  ask,
});
const secret = (setting: string, option: string, what: string, ask: Ask): SettingRow => ({
  setting,
  option,
  what,
  from: 'secret_file',
  form: 'text',
  ask,
});
const scenes = line('scenes', 'scenes', 'what is signed up for, such as web,wap,qr; everything when left out', 'maybe');

const UNIONPAY: WalletForm = {
  name: '云闪付',
  rows: [
    line('mer_id', 'mer-id', '商户号, 15 characters', 'always'),
    line('sign_method', 'sign-method', '01 RSA, 11 SHA-256, 12 SM3; 01 when there is a key', 'never'),
    file('pfx_base64', 'pfx', '商户签名证书, the .pfx file', 'pfx', 'maybe'),
    secret('pfx_password', 'pfx-password-file', 'its password', 'maybe'),
    file('certificate_pem', 'cert', 'the signing certificate, instead of a pfx', 'certificate', 'never'),
    file('private_key_pem', 'key', 'its private key, instead of a pfx', 'private_key', 'never'),
    file('root_certificate_pem', 'root-cert', '根证书, acp_prod_root.cer', 'certificate', 'always'),
    file('middle_certificate_pem', 'middle-cert', '中级证书, acp_prod_middle.cer', 'certificate', 'always'),
    file('encryption_certificate_pem', 'encryption-cert', '敏感信息加密证书, acp_prod_enc.cer', 'certificate', 'maybe'),
    secret('secure_key', 'secure-key-file', 'the shared key of sign methods 11 and 12', 'never'),
    line('gateway_url', 'gateway-url', 'the live gateway when left out', 'never'),
    line('file_url', 'file-url', 'where bills come from; the live address when left out', 'never'),
    line('user_auth_url', 'user-auth-url', 'where a wallet’s browser learns who pays', 'never'),
    line('pay_url_field', 'pay-url-field', 'field of an in-wallet order’s answer that holds the address', 'never'),
    scenes,
    {
      ...line('check_signer_name', 'check-signer-name', 'false also takes the older test signers', 'never'),
      form: 'boolean',
    },
  ],
  implied: (given) =>
    given.has('sign_method') || !(given.has('pfx_base64') || given.has('private_key_pem')) ? {} : { sign_method: '01' },
  needless: (given) =>
    given.get('sign_method') === '11' || given.get('sign_method') === '12'
      ? ['root_certificate_pem', 'middle_certificate_pem']
      : [],
  lengths: [{ setting: 'mer_id', chars: 15 }],
  pairs: [{ key: 'private_key_pem', certificate: 'certificate_pem' }],
  serials: [],
  issued: [
    { certificate: 'root_certificate_pem', issuer: 'root_certificate_pem' },
    { certificate: 'middle_certificate_pem', issuer: 'root_certificate_pem' },
  ],
  foreign: [
    { setting: 'encryption_certificate_pem', own: 'private_key_pem' },
    { setting: 'encryption_certificate_pem', own: 'pfx_base64' },
  ],
  passwordOf: { pfx_base64: 'pfx_password' },
  examples: [
    'hutong wallet add unionpay --mer-id 777… --pfx merchant.pfx --pfx-password-file pfx.txt --root-cert acp_prod_root.cer --middle-cert acp_prod_middle.cer',
    'hutong wallet add unionpay unionpay.json --label "main account"',
  ],
};

const WECHATPAY: WalletForm = {
  name: '微信支付',
  rows: [
    line('mchid', 'mchid', '商户号', 'always'),
    line('appid', 'appid', 'AppID of the 公众号 or mini program', 'always'),
    file('', 'p12', 'apiclient_cert.p12: key and certificate in one, its password is the 商户号', 'p12', 'never'),
    file('merchant_private_key_pem', 'key', '商户API私钥, apiclient_key.pem', 'private_key', 'always'),
    file('merchant_certificate_pem', 'cert', '商户API证书, apiclient_cert.pem', 'certificate', 'maybe'),
    line('merchant_serial_no', 'serial', 'its serial number, instead of the certificate', 'maybe'),
    secret('api_v3_key', 'api-v3-key-file', 'APIv3密钥, 32 characters', 'always'),
    line('platform_public_key_id', 'platform-public-key-id', '微信支付公钥ID, PUB_KEY_ID_…', 'maybe'),
    file('platform_public_key_pem', 'platform-public-key', '微信支付公钥, pub_key.pem', 'public_key', 'maybe'),
    file(
      'platform_certificates_pem',
      'platform-certs',
      '平台证书, for merchants without a 公钥',
      'certificate',
      'maybe',
    ),
    line('app_appid', 'app-appid', 'AppID of the mobile app', 'maybe'),
    secret('app_secret', 'app-secret-file', 'AppSecret of the 公众号: pages inside WeChat learn who pays', 'maybe'),
    scenes,
    line('h5_app_name', 'h5-app-name', 'the name that an H5 payment shows', 'never'),
    line('store_id', 'store-id', 'the shop of payment codes, by WeChat Pay’s number', 'never'),
    line('store_out_id', 'store-out-id', 'the same by your own number', 'never'),
    line('api_url', 'api-url', 'the live address when left out', 'never'),
    line('oauth_url', 'oauth-url', 'the live address when left out', 'never'),
    line('sns_url', 'sns-url', 'the live address when left out', 'never'),
  ],
  implied: () => ({}),
  needless: () => [],
  lengths: [
    { setting: 'api_v3_key', chars: 32 },
    { setting: 'app_secret', chars: 32 },
  ],
  pairs: [{ key: 'merchant_private_key_pem', certificate: 'merchant_certificate_pem' }],
  serials: [{ setting: 'merchant_serial_no', certificate: 'merchant_certificate_pem' }],
  issued: [],
  foreign: [
    { setting: 'platform_public_key_pem', own: 'merchant_private_key_pem' },
    { setting: 'platform_certificates_pem', own: 'merchant_private_key_pem' },
  ],
  passwordOf: { p12: 'mchid' },
  p12: { key: 'merchant_private_key_pem', certificate: 'merchant_certificate_pem' },
  examples: [
    'hutong wallet add wechatpay --mchid 1900… --appid wx… --key apiclient_key.pem --cert apiclient_cert.pem --api-v3-key-file v3.txt --platform-public-key-id PUB_KEY_ID_… --platform-public-key pub_key.pem',
  ],
};

const ALIPAY: WalletForm = {
  name: '支付宝',
  rows: [
    line('app_id', 'app-id', '应用 AppID', 'always'),
    line('seller_id', 'seller-id', '商户 PID, 2088…', 'always'),
    file('private_key', 'key', '应用私钥, as the key tool writes it', 'private_key', 'always'),
    file(
      'alipay_public_key',
      'alipay-public-key',
      '支付宝公钥 (key mode), alipayPublicKey_RSA2.txt',
      'public_key',
      'maybe',
    ),
    file(
      'app_certificate_pem',
      'app-cert',
      '应用公钥证书 (certificate mode), appCertPublicKey_….crt',
      'certificate',
      'maybe',
    ),
    file(
      'alipay_certificate_pem',
      'alipay-cert',
      '支付宝公钥证书, alipayCertPublicKey_RSA2.crt',
      'certificate',
      'maybe',
    ),
    file('alipay_root_certificate_pem', 'alipay-root-cert', '支付宝根证书, alipayRootCert.crt', 'certificate', 'maybe'),
    line('op_app_id', 'op-app-id', 'AppID of product JSAPI支付', 'never'),
    scenes,
    line('gateway_url', 'gateway-url', 'the live gateway when left out', 'never'),
    line('authorize_url', 'authorize-url', 'the live address when left out', 'never'),
  ],
  implied: () => ({}),
  needless: () => [],
  lengths: [{ setting: 'seller_id', chars: 16 }],
  pairs: [{ key: 'private_key', certificate: 'app_certificate_pem' }],
  serials: [],
  issued: [],
  foreign: [
    { setting: 'alipay_public_key', own: 'private_key' },
    { setting: 'alipay_certificate_pem', own: 'private_key' },
  ],
  passwordOf: {},
  examples: [
    'hutong wallet add alipay --app-id 2021… --seller-id 2088… --key app_private.txt --alipay-public-key alipayPublicKey_RSA2.txt',
    'hutong wallet add alipay --app-id 2021… --seller-id 2088… --key app_private.txt --app-cert appCertPublicKey.crt --alipay-cert alipayCertPublicKey_RSA2.crt --alipay-root-cert alipayRootCert.crt',
  ],
};

const JDPAY: WalletForm = {
  name: '京东支付',
  rows: [
    line('merchant', 'jd-merchant', '商户号', 'always'),
    secret('des_key', 'des-key-file', 'DES密钥, base64 of 24 bytes', 'always'),
    file('merchant_private_key_pem', 'key', '商户私钥', 'private_key', 'always'),
    file('jd_public_key_pem', 'jd-public-key', '京东公钥', 'public_key', 'always'),
    line('app_id', 'app-id', 'AppID of the merchant’s app', 'maybe'),
    secret('md5_key', 'md5-key-file', 'MD5密钥, with --app-id', 'maybe'),
    line('code_merchant', 'code-merchant', '商户号 of the contract for payment codes (付款码)', 'maybe'),
    secret('code_des_key', 'code-des-key-file', 'its DES密钥', 'maybe'),
    file('code_merchant_private_key_pem', 'code-key', 'its 商户私钥', 'private_key', 'maybe'),
    file('code_jd_public_key_pem', 'code-jd-public-key', 'its 京东公钥, if another', 'public_key', 'never'),
    line('code_device', 'code-device', 'the till’s number at JD', 'never'),
    line('order_type', 'order-type', '0 goods, 1 virtual goods', 'never'),
    line('industry_category_code', 'industry-category-code', 'as the contract names it', 'never'),
    line('pay_url', 'pay-url', 'the live address when left out', 'never'),
    line('h5_url', 'h5-url', 'the live address when left out', 'never'),
    line('service_url', 'service-url', 'the live address when left out', 'never'),
  ],
  implied: () => ({}),
  needless: () => [],
  lengths: [
    { setting: 'des_key', chars: 32 },
    { setting: 'code_des_key', chars: 32 },
  ],
  pairs: [],
  serials: [],
  issued: [],
  foreign: [
    { setting: 'jd_public_key_pem', own: 'merchant_private_key_pem' },
    { setting: 'code_jd_public_key_pem', own: 'code_merchant_private_key_pem' },
  ],
  passwordOf: {},
  examples: [
    'hutong wallet add jdpay --jd-merchant 22294531 --des-key-file des.txt --key my_rsa_private.pem --jd-public-key wy_rsa_public.pem',
  ],
};

const openForm = (wallet: OpenWalletName, name: string): WalletForm => ({
  name,
  rows: [
    line('wallet_url', 'wallet-url', 'where the wallet’s addresses begin', 'always'),
    line('environment', 'environment', 'production or test; production when left out', 'never'),
    line('merchant_no', 'merchant-no', 'the merchant’s number at the wallet', 'always'),
    line('merchant_key_id', 'key-id', 'the id of your key at the wallet', 'always'),
    file('merchant_private_key_pem', 'key', 'your Ed25519 private key', 'private_key', 'always'),
    file('wallet_public_keys', 'wallet-public-keys', 'the wallet’s keys, the JSON of its manifest', 'text', 'always'),
    scenes,
  ],
  implied: () => ({}),
  needless: () => [],
  lengths: [],
  pairs: [],
  serials: [],
  issued: [],
  foreign: [],
  passwordOf: {},
  examples: [
    `hutong wallet add ${wallet} --wallet-url https://wallet.example/owp --merchant-no M1 --key-id k1 --key ed25519.pem --wallet-public-keys keys.json`,
  ],
});

/** How each wallet's settings are asked for; a test compares the names with the connectors'. */
export const WALLET_FORMS: Readonly<Record<WalletName, WalletForm>> = {
  unionpay: UNIONPAY,
  wechatpay: WECHATPAY,
  alipay: ALIPAY,
  jdpay: JDPAY,
  meituanpay: openForm('meituanpay', '美团支付'),
  hutongwallet: openForm('hutongwallet', '互通钱包'),
  open: openForm('open', 'a wallet of the Open Wallet Protocol'),
};
