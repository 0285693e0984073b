import type { KeyObject } from 'node:crypto';
import type { Scene } from '../../wallets/wallet.ts';
import { fromJwk, OPEN_SCENES } from '../../wallets/open/config.ts';
import { type Members, membersOf } from '../../wallets/open/parse.ts';
import type { KeyRing } from '../../wallets/open/verify.ts';

/** What the checks need of a wallet's manifest. */
export interface Manifest {
  apiUrl: string;
  environment: 'production' | 'test';
  keys: KeyRing;
  scenes: readonly Scene[];
  canVoid: boolean;
  codePrefix: string | null;
  hooksUrl: string | null;
  name: string;
}

/** As much as can be used, and everything that is wrong with it. Null where the checks cannot go on without the rest. */
export function readManifest(input: unknown): { manifest: Manifest | null; faults: string[] } {
  const members = membersOf(input);
  if (members === null) return { manifest: null, faults: ['it is not a JSON object'] };
  const faults: string[] = [];
  const need = (name: string, isRight: boolean, what: string): void => {
    if (!isRight) faults.push(`${name} must be ${what}`);
  };
  need('protocol', members['protocol'] === 'open-wallet', 'open-wallet');
  need('version', members['version'] === '1', 'the text 1');
  const names = membersOf(members['name']);
  const [zh, en] = [names?.['zh'], names?.['en']];
  need('name', isName(zh) && isName(en), 'an object with zh and en, at most 20 letters each');
  need('colour', /^#[0-9a-f]{6}$/i.test(text(members, 'colour')), '#rrggbb');
  const apiUrl = text(members, 'api_url');
  need('api_url', URL.canParse(apiUrl) && !apiUrl.endsWith('/'), 'an address without a slash at its end');
  const environment = members['environment'] === 'production' ? 'production' : 'test';
  need('environment', ['production', 'test'].includes(text(members, 'environment')), 'production or test');
  const keys = readKeys(members['keys']);
  need('keys', keys !== null, 'one to four Ed25519 keys of RFC 8037, each with a kid of its own and without d');
  const scenes = Array.isArray(members['scenes']) ? OPEN_SCENES.filter((scene) => isIn(members['scenes'], scene)) : [];
  need('scenes', scenes.length > 0, `a list of some of ${OPEN_SCENES.join(' ')}`);
  const canVoid = membersOf(members['can'])?.['void'];
  need('can', typeof canVoid === 'boolean', 'an object with void, true or false');
  need('refund_window_days', Number(members['refund_window_days']) >= 90, 'a number, at least 90');
  const prefix = text(members, 'payment_code_prefix');
  const hasPrefix = /^9\d{3}$/.test(prefix);
  need(
    'payment_code_prefix',
    hasPrefix === scenes.includes('code'),
    'four digits, the first a 9, exactly with scene code',
  );
  const hour = members['statement_ready_hour'];
  need(
    'statement_ready_hour',
    Number.isInteger(hour) && Number(hour) >= 1 && Number(hour) <= 9,
    'a number from 1 to 9',
  );
  need('app_link_prefixes', Array.isArray(members['app_link_prefixes']), 'a list of texts');
  const hooksUrl = members['test_hooks_url'];
  need(
    'test_hooks_url',
    hooksUrl === null || (typeof hooksUrl === 'string' && URL.canParse(hooksUrl)),
    'an address or null',
  );
  need('test_hooks_url', environment === 'test' || hooksUrl === null, 'null in production');
  if (keys === null || !URL.canParse(apiUrl)) return { manifest: null, faults };
  return {
    manifest: {
      apiUrl: apiUrl.replace(/\/+$/, ''),
      environment,
      keys,
      scenes,
      canVoid: canVoid === true,
      codePrefix: hasPrefix ? prefix : null,
      hooksUrl: typeof hooksUrl === 'string' ? hooksUrl.replace(/\/+$/, '') : null,
      name: isName(en) ? en : apiUrl,
    },
    faults,
  };
}

function readKeys(input: unknown): KeyRing | null {
  if (!Array.isArray(input) || input.length === 0 || input.length > 4) return null;
  const ring = new Map<string, KeyObject>();
  for (const each of input as unknown[]) {
    const [kid, key] = fromJwk(each);
    if (key === null || !/^[\w.-]{1,32}$/.test(kid) || ring.has(kid)) return null;
    ring.set(kid, key);
  }
  return ring;
}

function isName(input: unknown): input is string {
  return typeof input === 'string' && input !== '' && input.length <= 20;
}

function isIn(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
}

function text(members: Members, name: string): string {
  const value = members[name];
  return typeof value === 'string' ? value : '';
}
