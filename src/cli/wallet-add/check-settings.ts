import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readPfx } from '../../wallets/unionpay/pfx.ts';
import {
  describeKey,
  type Material,
  publicKeyOf,
  readCertificates,
  readPrivateKey,
  readPublicKey,
  serialOf,
} from './read-material.ts';
import type { SettingRow, WalletForm } from './setting-row.ts';

/** One line of the report. `late` is a certificate outside its period: fatal where real money moves, else a warning. */
export interface Check {
  mark: 'good' | 'bad' | 'late' | 'warning';
  /** The setting that it is about. */
  setting: string;
  text: string;
}

const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

interface Read {
  privateKey?: KeyObject;
  publicKeys: KeyObject[];
  certificates: X509Certificate[];
}

/**
 * Checks settings by themselves and against each other, and says of each what it found: so that a person sees at once
 * which file is the wrong one. The connector's own reading has the last word. No line holds a secret.
 */
export function checkSettings(form: WalletForm, settings: ReadonlyMap<string, unknown>, now: Date): Check[] {
  const text = (setting: string): string | null => {
    const value = settings.get(setting);
    return typeof value === 'string' ? value : null;
  };
  const checks: Check[] = [];
  const read = new Map<string, Read>();
  for (const row of form.rows) {
    const value = text(row.setting);
    if (value !== null) read.set(row.setting, checkOne(row, value, { form, text, now, checks }));
    else if (row.ask === 'always' && !form.needless(settings).includes(row.setting) && !settings.has(row.setting))
      checks.push(bad(row.setting, `is missing (--${row.option}: ${row.what})`));
  }
  return [...checks, ...checkTogether(form, read, text)];
}

interface Context {
  form: WalletForm;
  text(setting: string): string | null;
  now: Date;
  checks: Check[];
}

function checkOne(row: SettingRow, value: string, context: Context): Read {
  const { checks } = context;
  const nothing: Read = { publicKeys: [], certificates: [] };
  const fail = (problem: string): Read => {
    checks.push(bad(row.setting, problem));
    return nothing;
  };
  switch (row.form) {
    case 'private_key': {
      const key = readPrivateKey(value);
      if ('problem' in key) return fail(key.problem);
      checks.push(good(row.setting, describeKey(key.value)));
      return { privateKey: key.value, publicKeys: [createPublicKey(key.value)], certificates: [] };
    }
    case 'public_key': {
      const key = readPublicKey(value);
      if ('problem' in key) return fail(key.problem);
      checks.push(good(row.setting, describeKey(key.value)));
      return { publicKeys: [key.value], certificates: [] };
    }
    case 'certificate': {
      const certificates = readCertificates(value);
      return 'problem' in certificates
        ? fail(certificates.problem)
        : takeCertificates(row.setting, certificates.value, context);
    }
    case 'pfx': {
      const content = openPfx(value, context.text(context.form.passwordOf[row.setting] ?? ''));
      if ('problem' in content) return fail(content.problem);
      const { privateKey, certificate } = content.value;
      checks.push(good(row.setting, `the password opens it; ${describeKey(privateKey)} with its certificate`));
      return { ...takeCertificates(row.setting, [certificate], context), privateKey };
    }
    case 'text':
    case 'boolean':
    case 'p12':
      checkLength(row.setting, value, context);
      return nothing;
  }
  return row.form satisfies never;
}

function checkLength(setting: string, value: string, { form, checks }: Context): void {
  const rule = form.lengths.find((candidate) => candidate.setting === setting);
  if (rule === undefined) return;
  const { length } = Array.from(value);
  if (length === rule.chars) checks.push(good(setting, `${length} characters`));
  else checks.push(bad(setting, `${length} characters, ${rule.chars} are needed`));
}

function openPfx(base64: string, password: string | null): Material<ReturnType<typeof readPfx>> {
  if (password === null) return { problem: 'needs its password' };
  try {
    return { value: readPfx(Buffer.from(base64, 'base64'), password) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    if (/password|MAC/i.test(reason)) return { problem: 'the password does not open it' };
    return { problem: reason.startsWith('it') ? `cannot be used: ${reason}` : 'is not a readable pfx file' };
  }
}

function takeCertificates(setting: string, certificates: X509Certificate[], { now, checks }: Context): Read {
  const periods = certificates.map((certificate) => checkPeriod(setting, certificate, now));
  // A bundle may hold one that has had its day beside those that count.
  const isUsable = periods.some(({ mark }) => mark !== 'late');
  for (const period of periods)
    checks.push(isUsable && period.mark === 'late' ? { ...period, mark: 'warning' } : period);
  const publicKeys = certificates.map(publicKeyOf).filter((key) => key !== null);
  return { publicKeys, certificates };
}

/** Days are told as the certificate tells them, in UTC. */
function checkPeriod(setting: string, certificate: X509Certificate, now: Date): Check {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const name = `certificate ${serialOf(certificate)}`;
  if (now.getTime() < from) return { mark: 'late', setting, text: `${name} is valid only from ${day(from)}` };
  if (now.getTime() > to) return { mark: 'late', setting, text: `${name} expired on ${day(to)}` };
  const days = Math.floor((to - now.getTime()) / DAY_MS);
  if (days < SOON_DAYS) return { mark: 'warning', setting, text: `${name} expires in ${days} days, on ${day(to)}` };
  return good(setting, `${name}, valid until ${day(to)}`);
}

function checkTogether(form: WalletForm, read: ReadonlyMap<string, Read>, text: Context['text']): Check[] {
  const checks: Check[] = [];
  for (const { key, certificate } of form.pairs) {
    const privateKey = read.get(key)?.privateKey;
    const certificates = read.get(certificate)?.certificates ?? [];
    if (privateKey === undefined || certificates.length === 0) continue;
    if (certificates[0]?.checkPrivateKey(privateKey)) checks.push(good(certificate, `the private key belongs to it`));
    else checks.push(bad(certificate, `does not belong to the private key (${key})`));
  }
  for (const { setting, certificate } of form.serials) {
    const serial = text(setting);
    const [first] = read.get(certificate)?.certificates ?? [];
    if (serial === null || first === undefined) continue;
    if (serial.toUpperCase().replace(/^0+(?=.)/, '') === serialOf(first))
      checks.push(good(setting, 'is the serial number of the certificate'));
    else checks.push(bad(setting, `is not the serial number of the certificate, which is ${serialOf(first)}`));
  }
  for (const { certificate, issuer } of form.issued) {
    const [[below], [above]] = [certificate, issuer].map((setting) => read.get(setting)?.certificates ?? []) as [
      X509Certificate[],
      X509Certificate[],
    ]; // two in, two out
    if (below === undefined || above === undefined) continue;
    const what = certificate === issuer ? 'a root: it issued itself' : `issued by ${issuer}`;
    checks.push(isIssuedBy(below, above) ? good(certificate, what) : bad(certificate, `is not ${what}`));
  }
  for (const { setting, own } of form.foreign) {
    const theirs = read.get(setting)?.publicKeys ?? [];
    const ours = read.get(own)?.publicKeys[0];
    if (ours !== undefined && theirs.some((key) => key.equals(ours)))
      checks.push(bad(setting, `is your own: it must be ${form.name}’s`));
  }
  return checks;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const key = publicKeyOf(issuer);
  return key !== null && certificate.checkIssued(issuer) && certificate.verify(key);
}

function good(setting: string, text: string): Check {
  return { mark: 'good', setting, text };
}

function bad(setting: string, text: string): Check {
  return { mark: 'bad', setting, text };
}
