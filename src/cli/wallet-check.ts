import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSend } from '../net/send.ts';
import { type CliDeps, CliError, type Command, UsageError } from './command.ts';
import { codeOf } from './explain-error.ts';
import type { Input } from './input.ts';
import { createLifetime } from './lifetime.ts';
import { toJson } from './print.ts';
import { createStyle, type Style } from './style.ts';
import { NotSeen } from './wallet-check/check-case.ts';
import type { CheckAccount } from './wallet-check/check-client.ts';
import { openEar } from './wallet-check/notification-ear.ts';
import { type CheckResult, MANIFEST_PATH, runCheck } from './wallet-check/run-check.ts';

const OUTBOUND = { connectionsPerOriginMax: 4, connectTimeoutMs: 5000, idleTimeoutMs: 4000 };
const PORT_MAX = 65_535;

/** For whoever makes a wallet of the Open Wallet Protocol: every rule, what passes, what does not, and what to do. */
export const walletCheckCommand: Command = {
  name: 'wallet check',
  summary: 'Check a wallet against the Open Wallet Protocol',
  words: [{ name: 'url', what: 'the wallet, in its test environment: https://pay.wallet.example' }],
  options: {
    'merchant-no': { value: 'number', what: 'a merchant that is registered at the wallet', required: true },
    'key-id': { value: 'id', what: "the id of the merchant's key at the wallet; k1 when left out" },
    'key-file': { value: 'file', what: "the merchant's private key: Ed25519, PKCS#8, PEM", required: true },
    port: { value: 'port', what: 'where notifications are taken; a free one when left out' },
    'notify-url': { value: 'url', what: 'the address under which the wallet reaches that port, where it is elsewhere' },
  },
  json: true,
  notes: [
    'The checks make orders, pay and refund them. They run against test wallets only.',
    'The rules: docs/open-wallet-protocol.md. Exit code 1 when a rule is broken.',
  ],
  examples: ['hutong wallet check http://127.0.0.1:4790 --merchant-no M100000000000001 --key-file merchant.pem'],
  run,
};

async function run(deps: CliDeps, input: Input): Promise<void> {
  const origin = readOrigin(input.word('url'));
  const account: CheckAccount = {
    merchantNo: input.required('merchant-no'),
    keyId: input.text('key-id') ?? 'k1',
    privateKey: await readKey(input.required('key-file')),
  };
  const notifyUrl = input.text('notify-url') ?? null;
  if (notifyUrl !== null && !URL.canParse(notifyUrl)) throw new UsageError('--notify-url is an http address');
  const port = input.count('port', { min: 0, max: PORT_MAX }) ?? 0;
  const style = createStyle(deps.terminal.hasColour && !input.json);
  const { clock, random, terminal } = deps;
  const life = createLifetime(terminal);
  try {
    const ear = await life.own(
      () => openEar({ port, publicUrl: notifyUrl, now: () => clock.now() }),
      (opened) => opened.stop(),
    );
    const sender = await life.own(
      async () => createSend(OUTBOUND),
      (opened) => opened.destroy(),
    );
    const results = await life.during(
      runCheck(
        {
          send: (request) => sender.send(request),
          clock,
          random,
          ear,
          account,
          sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          ask: (line) => terminal.note(line),
          onResult: (result) => {
            for (const line of input.json ? [toJson(result)] : linesOf(result, style)) terminal.print(line);
          },
        },
        origin,
      ),
    );
    finish(results, deps, input.json, style);
  } catch (error) {
    if (error instanceof NotSeen) throw new CliError(sentence(error.message));
    throw error;
  } finally {
    await life.end();
  }
}

/** @throws CliError when a rule is broken: exit code 1 */
function finish(results: readonly CheckResult[], deps: CliDeps, isJson: boolean, style: Style): void {
  const count = (kind: CheckResult['result']) => results.filter(({ result }) => result === kind).length;
  const [failed, skipped] = [count('failed'), count('skipped')];
  if (!isJson) deps.terminal.print('');
  const summary = `${count('passed')} passed, ${failed} failed, ${skipped} not looked at`;
  if (failed > 0) throw new CliError(`The wallet breaks ${failed} of ${results.length} rules: ${summary}.`);
  if (!isJson) deps.terminal.print(style.good(`The wallet keeps every rule that could be looked at: ${summary}.`));
}

function linesOf({ id, rule, result, why, advice, section }: CheckResult, style: Style): string[] {
  switch (result) {
    case 'passed':
      return [`${style.good('✓')} ${rule} ${style.faint(id)}`];
    case 'skipped':
      return [`${style.faint('–')} ${rule} ${style.faint(`${id}; not looked at: ${why ?? ''}`)}`];
    case 'failed':
      return [
        `${style.bad('✗')} ${style.strong(rule)} ${style.faint(id)}`,
        `    What came:  ${why ?? ''}`,
        `    What to do: ${advice ?? ''}`,
        style.faint(`    docs/open-wallet-protocol.md, "${section}"`),
      ];
    default:
      return result satisfies never;
  }
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && ['/', MANIFEST_PATH].includes(url.pathname);
  if (!isPlain)
    throw new UsageError(`${JSON.stringify(text)} is not the address of a wallet, such as https://pay.wallet.example`);
  return url.origin;
}

async function readKey(path: string): Promise<KeyObject> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`${path} cannot be read${codeOf(error) === 'ENOENT' ? ': there is no such file' : ''}.`);
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below, without a piece of the key
  }
  throw new CliError(`${path} holds no Ed25519 private key in PEM (PKCS#8, without a password).`);
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
