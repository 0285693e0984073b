import { Secret } from './base/secret.ts';
import type { BankSettings, Settings, WalletSettings } from './cli/settings.ts';
import { isEasyToGuess, oneOf, readOrigin, readPort, readSecretFile, SettingError } from './setting.ts';

type Env = Readonly<Record<string, string | undefined>>;

const BANK_SETTINGS = [
  'HUTONG_BANK_ADDRESS',
  'HUTONG_BANK_INSTITUTION',
  'HUTONG_BANK_TRANSPORT_KEY',
  'HUTONG_BANK_TRANSPORT_KEY_FILE',
  'HUTONG_BANK_FILES_URL',
] as const;

/** The wallet's part of the settings. @throws SettingError */
export function readWalletSettings(env: Env, mode: Settings['mode']): WalletSettings {
  const bank = BANK_SETTINGS.some((name) => (env[name] ?? '') !== '') ? readBank(env, mode) : null;
  const sms = readSms(env, mode);
  const url = readOrigin('HUTONG_WALLET_URL', env['HUTONG_WALLET_URL'], mode);
  if (mode === 'live' && bank !== null && url === null)
    throw new SettingError(
      'HUTONG_WALLET_URL is required in live mode where a bank is set: the https address of the app',
    );
  if (mode === 'live' && bank !== null && sms === null)
    throw new SettingError('HUTONG_SMS_URL is required in live mode where a bank is set: it sends the codes to phones');
  return {
    port: readPort('HUTONG_WALLET_PORT', env['HUTONG_WALLET_PORT'] || '4730'),
    url,
    bank,
    sms,
    sandboxPorts: {
      bank: readPort('HUTONG_BANK_PORT', env['HUTONG_BANK_PORT'] || '4750'),
      bankPages: readPort('HUTONG_BANK_PAGES_PORT', env['HUTONG_BANK_PAGES_PORT'] || '4751'),
      phone: readPort('HUTONG_PHONE_PORT', env['HUTONG_PHONE_PORT'] || '4752'),
    },
  };
}

function readBank(env: Env, mode: Settings['mode']): BankSettings {
  const institution = env['HUTONG_BANK_INSTITUTION'] ?? '';
  if (!/^\d{8,11}$/.test(institution))
    throw new SettingError('HUTONG_BANK_INSTITUTION is not the 8 to 11 digits of an institution');
  return {
    addresses: readAddresses(env['HUTONG_BANK_ADDRESS'] ?? ''),
    institution,
    transportKey: readTransportKey(env),
    algorithm: oneOf('HUTONG_BANK_ALGORITHM', env['HUTONG_BANK_ALGORITHM'] || '3des', ['3des', 'sm4']),
    filesUrl: readUrl('HUTONG_BANK_FILES_URL', env['HUTONG_BANK_FILES_URL'] ?? '', mode),
  };
}

function readAddresses(text: string): BankSettings['addresses'] {
  const addresses = text.split(/[\s,]+/).filter(Boolean);
  if (addresses.length === 0)
    throw new SettingError('HUTONG_BANK_ADDRESS is required where a bank is set: host:port of the switch');
  return addresses.map((address) => {
    const match = /^([\w.-]+|\[[\da-fA-F:]+\]):(\d{1,5})$/.exec(address);
    if (match === null) throw new SettingError('HUTONG_BANK_ADDRESS is not a list of host:port');
    const [, host = '', port = ''] = match;
    return { host: host.replace(/^\[|\]$/g, ''), port: readPort('HUTONG_BANK_ADDRESS', port) };
  });
}

/** Refuses keys that a person would make up: one byte over and over, or counting up. */
function readTransportKey(env: Env): Secret {
  const name = 'HUTONG_BANK_TRANSPORT_KEY';
  const text = readSecret(env, name, 'HUTONG_BANK_TRANSPORT_KEY_FILE');
  if (!/^[\da-fA-F]{32}$/.test(text)) throw new SettingError(`${name} is not 32 hex characters`);
  const bytes = Buffer.from(text, 'hex');
  if (new Set(bytes).size < 8 || /0123456789abcdef|fedcba9876543210/i.test(text) || isHalf(bytes))
    throw new SettingError(`${name} is easy to guess: it is the key from the key ceremony with the switch`);
  return new Secret(text);
}

/** Both halves alike, but for the last bit of each byte, are a key of 56 bits (NIST SP 800-67, 3.4.2). */
function isHalf(key: Buffer): boolean {
  const halves = [key.subarray(0, 8), key.subarray(8)].map((half) => half.map((byte) => byte & 0xfe).toString());
  return halves[0] === halves[1];
}

function readSms(env: Env, mode: Settings['mode']): WalletSettings['sms'] {
  const text = env['HUTONG_SMS_URL'] ?? '';
  if (text === '') return null;
  const secret = readSecret(env, 'HUTONG_SMS_SECRET', 'HUTONG_SMS_SECRET_FILE');
  const key = /^whsec_([\w+/]+={0,2})$/.exec(secret)?.[1] ?? '';
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length < 24) throw new SettingError('HUTONG_SMS_SECRET is not whsec_ and 24 bytes or more in base64');
  if (isEasyToGuess(bytes.toString('latin1')))
    throw new SettingError('HUTONG_SMS_SECRET is easy to guess: use 32 random bytes');
  return { url: readUrl('HUTONG_SMS_URL', text, mode), secret: new Secret(secret) };
}

function readSecret(env: Env, name: string, fileName: string): string {
  const path = env[fileName] ?? '';
  return (path === '' ? (env[name] ?? '') : readSecretFile(fileName, path)).trim();
}

function readUrl(name: string, text: string, mode: Settings['mode']): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isRight = url !== null && url.username === '' && url.hash === '';
  if (!isRight || !(url.protocol === 'https:' || (url.protocol === 'http:' && mode === 'sandbox')))
    throw new SettingError(`${name} is not an https address`);
  return url.href.replace(/\/$/, '');
}
