import { WALLET_SETTING_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Scene } from './wallet.ts';

/* What every wallet's config.ts does with a merchant's settings before it knows what they mean. */

/** A merchant's settings as they were given: known names, texts of a bounded length. Absent ones are not in it. */
export type Settings<Name extends string> = ReadonlyMap<Name, string>;

/**
 * @throws Refusal invalid_request for what is no object, for a name that is not among `names`, and for what is no text
 */
export function readSettings<Name extends string>(input: unknown, names: readonly Name[]): Settings<Name> {
  const settings = new Map<Name, string>();
  for (const [given, value] of Object.entries(settingsObject(input))) {
    const name = names.find((known) => known === given);
    if (name === undefined)
      throw new Refusal('invalid_request', 'There is no such setting.', { param: `settings.${given.slice(0, 64)}` });
    if (typeof value !== 'string') throw wrong(name, 'must be a text');
    if (value.length > WALLET_SETTING_CHARS_MAX) throw wrong(name, 'is too long');
    settings.set(name, value);
  }
  return settings;
}

/** @throws Refusal invalid_request */
export function settingsObject(input: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new Refusal('invalid_request', 'The settings must be an object.', { param: 'settings' });
  return input as Readonly<Record<string, unknown>>; // an object of unknowns
}

/** The text of a setting that has to be there, as it was given. @throws Refusal invalid_request */
export function required<Name extends string>(settings: Settings<Name>, name: Name): string {
  const text = settings.get(name) ?? '';
  if (text.trim() === '') throw wrong(name, 'is missing or empty');
  return text;
}

/** Says which setting is wrong and why, never what its value is. */
export function wrong(name: string, what: string): Refusal {
  return new Refusal('invalid_request', `The setting ${name} ${what}.`, { param: `settings.${name}` });
}

/** The scenes that a setting such as `wap qr` names, in the wallet's own order; all without one. @throws Refusal invalid_request */
export function readScenes(text: string | undefined, possible: readonly Scene[]): readonly Scene[] {
  if (text === undefined) return possible;
  const named = text.split(/[\s,]+/).filter((name) => name !== '');
  const arePossible = named.every((name) => possible.some((scene) => scene === name));
  if (named.length === 0 || !arePossible) throw wrong('scenes', `must be some of: ${possible.join(' ')}`);
  return possible.filter((scene) => named.includes(scene));
}

/** An address without a name, a password, a query or a fragment in it. @throws Refusal invalid_request */
export function readPlainUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw wrong(name, 'must be a plain http address');
  return url;
}

/**
 * An address under a wallet's own domains (`.95516.com`), or of a simulator on this machine: a merchant's settings must not
 * aim us at anybody else. `whose` names the wallet for people. @throws Refusal invalid_request
 */
export function readWalletUrl(name: string, text: string, domains: readonly string[], whose: string): URL {
  const url = readPlainUrl(name, text);
  const isTheirs = isUsualHttps(url) && domains.some((domain) => url.hostname.endsWith(domain));
  if (!isTheirs && !isThisMachine(url)) throw wrong(name, `must be an https address of ${whose}`);
  return url;
}

/** https at its own port. */
export function isUsualHttps(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '';
}

/** http or https at this very machine, where simulators are. */
export function isThisMachine(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}
