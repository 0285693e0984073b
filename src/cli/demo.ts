import type { Command } from './command.ts';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Pay one order through 云闪付 on a throw-away server and show every step',
  options: {
    keep: { value: null, what: 'keep the folder with its database instead of removing it' },
    all: { value: null, what: 'one order with each wallet, in each scene that it has, as a table' },
  },
  json: true,
  notes: ['Needs nothing and changes nothing: free ports, a folder of its own, gone at the end.'],
  examples: ['hutong demo', 'hutong demo --json', 'hutong demo --keep', 'hutong demo --all'],
  async run(deps, input) {
    // Servers are loaded only by who runs one.
    if (input.flag('all')) {
      const { runAll } = await import('./demo/run-all.ts');
      return await runAll(deps, input.json);
    }
    const { runDemo } = await import('./demo/run-demo.ts');
    await runDemo(deps, { isJson: input.json, keeps: input.flag('keep') });
  },
};

export const demoWalletCommand: Command = {
  name: 'demo wallet',
  summary: 'Bind three cards of three banks, see, move and spend their money, with a bank that falls silent',
  options: {
    keep: { value: null, what: 'keep the folder with its database instead of removing it' },
  },
  json: true,
  notes: [
    'Balances, a transfer, a repayment, a purchase and a refund over pretend banks; then the banks’ books beside the ledger.',
    'Needs nothing and changes nothing: free ports, a folder of its own, gone at the end.',
  ],
  examples: ['hutong demo wallet', 'hutong demo wallet --json'],
  async run(deps, input) {
    const { runWalletDemo } = await import('./demo/wallet/run-wallet-demo.ts');
    await runWalletDemo(deps, { isJson: input.json, keeps: input.flag('keep') });
  },
};

export const demoRolloutCommand: Command = {
  name: 'demo rollout',
  summary: 'Open a wallet to a few buyers, then to more, and see it halt by itself when its payments begin to fail',
  options: {
    keep: { value: null, what: 'keep the folder with its database instead of removing it' },
  },
  json: true,
  notes: [
    'Buyers take the best deal that they are shown; the pretend 云闪付 then refuses one payment of five.',
    'Needs nothing and changes nothing: free ports, a folder of its own, gone at the end.',
  ],
  examples: ['hutong demo rollout', 'hutong demo rollout --json'],
  async run(deps, input) {
    const { runRolloutDemo } = await import('./demo/rollout/run-rollout-demo.ts');
    await runRolloutDemo(deps, { isJson: input.json, keeps: input.flag('keep') });
  },
};

export const demoLinkCommand: Command = {
  name: 'demo link',
  summary:
    'Share a product of the demo shop as link, picture and text, open it in nine places, buy it, count it, take it down',
  options: {
    keep: { value: null, what: 'keep the folder with its database instead of removing it' },
  },
  json: true,
  notes: [
    'Says the next step in WeChat, Alipay, Taobao, Douyin, 云闪付, on phones, on a desktop, and for a robot. The picture stays where it says.',
    'Needs nothing and changes nothing else: free ports, a folder of its own, gone at the end.',
  ],
  examples: ['hutong demo link', 'hutong demo link --json'],
  async run(deps, input) {
    const { runLinkDemo } = await import('./demo/link/run-link-demo.ts');
    await runLinkDemo(deps, { isJson: input.json, keeps: input.flag('keep') });
  },
};
