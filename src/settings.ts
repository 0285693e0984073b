import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Secret } from './base/secret.ts';
import type { Abilities } from './links/open/ability.ts';
import { AbilitiesFault, readAbilities } from './links/open/read-abilities.ts';
import { isEasyToGuess, oneOf, readOrigin, readPort, readSecretFile, SettingError } from './setting.ts';
import { readWalletSettings } from './wallet-settings.ts';
import { SIMULATOR_NAMES, type SimulatorName, simulatorPortSetting, type Settings } from './cli/settings.ts';

/** @throws SettingError */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const mode = oneOf('HUTONG_MODE', env['HUTONG_MODE'] ?? 'sandbox', ['sandbox', 'live']);
  const settings: Settings = {
    mode,
    databaseUrl: readDatabaseUrl(env['DATABASE_URL']),
    dataDir: env['HUTONG_DATA_DIR'] || '.hutong',
    host: env['HUTONG_HOST'] || '127.0.0.1',
    port: readPort('HUTONG_PORT', env['HUTONG_PORT'] || '4700'),
    simulatorPorts: readSimulatorPorts(env),
    shopPort: readPort('HUTONG_SHOP_PORT', env['HUTONG_SHOP_PORT'] || '4720'),
    publicUrl: readOrigin('HUTONG_PUBLIC_URL', env['HUTONG_PUBLIC_URL'], mode),
    linkUrl: readOrigin('HUTONG_LINK_URL', env['HUTONG_LINK_URL'], mode),
    linkAbilities: readLinkAbilities(env['HUTONG_LINK_ABILITIES']),
    trustedProxies: readTrustedProxies(env['HUTONG_TRUSTED_PROXIES']),
    wallet: readWalletSettings(env, mode),
    masterSecrets: readMasterSecrets(env),
    logLevel: oneOf('HUTONG_LOG', env['HUTONG_LOG'] ?? 'warn', ['debug', 'info', 'warn', 'error', 'silent']),
  };
  if (mode === 'live' && settings.masterSecrets === null)
    throw new SettingError('HUTONG_MASTER_SECRET is required in live mode: 32 random bytes or more');
  if (mode === 'live' && settings.publicUrl === null)
    throw new SettingError(
      'HUTONG_PUBLIC_URL is required in live mode: the https address that buyers and wallets reach',
    );
  return settings;
}

/** What apps open, where the operator knows better than our table. */
function readLinkAbilities(path: string | undefined): Abilities | null {
  if (path === undefined || path === '') return null;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new SettingError('HUTONG_LINK_ABILITIES cannot be read');
  }
  try {
    return readAbilities(text, 'HUTONG_LINK_ABILITIES');
  } catch (error) {
    if (error instanceof AbilitiesFault) throw new SettingError(error.message);
    throw error;
  }
}

function readMasterSecrets(env: Readonly<Record<string, string | undefined>>): Settings['masterSecrets'] {
  const file = env['HUTONG_MASTER_SECRET_FILE'];
  const text = file === undefined ? env['HUTONG_MASTER_SECRET'] : readSecretFile('HUTONG_MASTER_SECRET_FILE', file);
  if (text === undefined) return null;
  const [newest, ...older] = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((part) => checkSecret(part));
  if (newest === undefined) throw new SettingError('HUTONG_MASTER_SECRET is empty');
  return [newest, ...older];
}

/** Refuses what is short or easy to guess. */
export function checkSecret(text: string): Secret {
  if (Buffer.byteLength(text) < 32) throw new SettingError('HUTONG_MASTER_SECRET is shorter than 32 bytes');
  if (isEasyToGuess(text))
    throw new SettingError(
      'HUTONG_MASTER_SECRET is easy to guess: use 32 random bytes, such as from openssl rand -base64 32',
    );
  return new Secret(text);
}

function readDatabaseUrl(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
    throw new SettingError('DATABASE_URL is not of the form postgres://user:password@host:port/database');
  return text;
}

function readTrustedProxies(text: string | undefined): string[] {
  const networks = (text ?? '').split(/[\s,]+/).filter(Boolean);
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const bitsMax = isIP(address) === 6 ? 128 : 32;
    const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 8 && Number(bits) <= bitsMax);
    if (isIP(address) === 0 || !isNetwork)
      throw new SettingError('HUTONG_TRUSTED_PROXIES is not a list of addresses or networks, such as 10.0.0.0/24');
  }
  return networks;
}

const FIRST_SIMULATOR_PORT = 4710;

function readSimulatorPorts(env: Readonly<Record<string, string | undefined>>): Record<SimulatorName, number> {
  const rows = SIMULATOR_NAMES.map((name, index) => {
    const setting = simulatorPortSetting(name);
    return [name, readPort(setting, env[setting] || String(FIRST_SIMULATOR_PORT + index))] as const;
  });
  return Object.fromEntries(rows) as Record<SimulatorName, number>; // a row for every name
}
