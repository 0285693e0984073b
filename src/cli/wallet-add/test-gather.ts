import { Writable } from 'node:stream';
import { wallets } from '../../wallets/registry.ts';
import type { WalletName } from '../../wallets/wallet.ts';
import type { Questions, Terminal } from '../command.ts';
import { readInput, withVariant } from '../input.ts';
import { walletCommands } from '../wallet.ts';
import { checkSettings } from './check-settings.ts';
import { gatherSettings } from './gather-settings.ts';
import { makeReport } from './report.ts';
import { type TestMerchant, TODAY } from './test-merchant.ts';
import { WALLET_FORMS } from './wallet-forms.ts';

const addCommand = walletCommands.find((command) => command.name === 'wallet add');

/** Gathers as the command does; what was told to the person comes back beside it. */
export async function gather(
  name: WalletName,
  args: readonly string[],
  more: { stdin?: string; answers?: readonly string[]; now?: Date } = {},
) {
  if (addCommand === undefined) throw new Error('there is a command wallet add');
  const notes: string[] = [];
  const answers = [...(more.answers ?? [])];
  const hidden: string[] = [];
  const questions: Questions = {
    ask: () => Promise.resolve(answers.shift() ?? ''),
    askSecret(question) {
      hidden.push(question);
      return Promise.resolve(answers.shift() ?? '');
    },
  };
  const terminal: Terminal = {
    print: () => {},
    note: (line) => void notes.push(line),
    out: new Writable(),
    hasColour: false,
    columns: 100,
    questions: more.answers === undefined ? null : questions,
    readInput: () => Promise.resolve(more.stdin ?? ''),
    onStopRequest: () => {},
  };
  const words = [name, ...args];
  const input = readInput(withVariant(addCommand, words), words);
  const { settings, warnings } = await gatherSettings(WALLET_FORMS[name], input, terminal);
  const report = makeReport(wallets[name], settings, checkSettings(WALLET_FORMS[name], settings, more.now ?? TODAY));
  return {
    settings,
    warnings,
    notes,
    hidden,
    lines: report.map((line) => line.text),
    isGood: !report.some((line) => line.isBad),
  };
}

export const V3_KEY = 'q7Jm2ZtXc9LpR4vB8nKd3WsY6hGf1TaE';

/** WeChat Pay's options from a merchant's files, all of them right. */
export async function wechatpayOptions({ put, own, wallet, certificate }: TestMerchant) {
  const files = {
    key: await put('apiclient_key.pem', own.privateKey),
    cert: await put('apiclient_cert.pem', certificate),
    v3: await put('v3.txt', `\uFEFF${V3_KEY}\n`),
    platform: await put('pub_key.pem', wallet.publicKey),
  };
  const base = ['--mchid', '1900000109', '--appid', 'wxd678efh567hg6787', '--key', files.key, '--cert', files.cert];
  const v3 = ['--api-v3-key-file', files.v3];
  const platform = ['--platform-public-key-id', 'PUB_KEY_ID_0119000001092024', '--platform-public-key', files.platform];
  /** All of them with one file or value in another's place. */
  const replaced = (option: string, value: string): string[] => {
    const args = [...base, ...v3, ...platform];
    args[args.indexOf(option) + 1] = value;
    return args;
  };
  return { files, base, v3, platform, replaced };
}
