import { readFileSync, statSync } from 'node:fs';
import type { Settings } from './cli/settings.ts';

/** A setting is wrong: one line for the person at the terminal, naming the setting and never its value. */
export class SettingError extends Error {
  override name = 'SettingError';
}

/** @throws SettingError */
export function oneOf<const T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new SettingError(`${name} is one of: ${choices.join(', ')}`);
  return choice;
}

/** @throws SettingError */
export function readPort(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw new SettingError(`${name} is not a port number`);
  return port;
}

/** An address without a path, https but for the sandbox; null when it is not set. @throws SettingError */
export function readOrigin(name: string, text: string | undefined, mode: Settings['mode']): string | null {
  if (text === undefined || text === '') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isRight = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (!isRight || !(url.protocol === 'https:' || (url.protocol === 'http:' && mode === 'sandbox')))
    throw new SettingError(`${name} is not an https address without a path`);
  return url.origin;
}

/** Whether a secret is one that a person would type: few different characters, or a word from an example. */
export function isEasyToGuess(text: string): boolean {
  return new Set(text).size < 12 || /secret|password|change.?me|example|hutong|1234567|abcdef/i.test(text);
}

/** A secret that stands in a file of its own, for its owner alone. @throws SettingError */
export function readSecretFile(name: string, path: string): string {
  let mode: number;
  let text: string;
  try {
    mode = statSync(path).mode;
    text = readFileSync(path, 'utf8');
  } catch {
    throw new SettingError(`${name} cannot be read`);
  }
  if ((mode & 0o077) !== 0) throw new SettingError(`${name} may be read by others: chmod 600`);
  return text;
}
