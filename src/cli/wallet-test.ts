import { type Command, UsageError } from './command.ts';

const SCENES = ['qr', 'web', 'wap'] as const;

export const walletTestCommand: Command = {
  name: 'wallet test',
  summary: 'Place a real order of the smallest amount through an account, and refund it',
  words: [{ name: 'account', what: 'wa_…; hutong wallet list shows them' }],
  options: {
    scene: { value: SCENES.join('|'), what: 'a code to scan when the account has that, else a page' },
    refund: { value: null, what: 'give the money back without asking' },
  },
  json: true,
  notes: [
    'Shows what to scan or open, waits until it is paid, and offers to give the money back.',
    'Works with the server running beside it, or takes its place for the while. Where the wallet cannot reach this machine,',
    'it is asked how the order stands, first after half a minute or so.',
    'Ctrl-C stops waiting: an order that nobody pays expires by itself.',
  ],
  examples: ['hutong wallet test wa_…', 'hutong wallet test wa_… --scene web --refund'],
  async run(deps, input) {
    const text = input.text('scene');
    const scene = SCENES.find((candidate) => candidate === text) ?? null;
    if (text !== undefined && scene === null) throw new UsageError(`--scene is one of ${SCENES.join(', ')}`);
    // A whole cashier is loaded only by who needs one.
    const { runWalletTest } = await import('./wallet-test/run-wallet-test.ts');
    await runWalletTest(deps, {
      accountId: input.word('account'),
      scene,
      refunds: input.flag('refund'),
      isJson: input.json,
    });
  },
};
