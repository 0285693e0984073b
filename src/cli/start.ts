import type { Command } from './command.ts';

export const startCommand: Command = {
  name: 'start',
  summary: 'Start the server; in the sandbox also pretend wallets and a demo shop',
  json: true,
  notes: [
    'Settings (environment):',
    '  DATABASE_URL            a PostgreSQL 15 or newer; without it our own runs in the data folder',
    '  HUTONG_DATA_DIR         what is kept between starts; .hutong',
    '  HUTONG_HOST             where we listen; 127.0.0.1',
    '  HUTONG_PORT             4700; in the sandbox also HUTONG_SHOP_PORT 4720 and, for the simulators,',
    '                          HUTONG_UNIONPAY_PORT 4710, HUTONG_WECHATPAY_PORT 4711, HUTONG_ALIPAY_PORT 4712,',
    '                          HUTONG_JDPAY_PORT 4713, HUTONG_MEITUANPAY_PORT 4714',
    '  HUTONG_PUBLIC_URL       where buyers and wallets reach us; HUTONG_LINK_URL where share links are, if elsewhere',
    '  HUTONG_MODE             sandbox or live; live also needs HUTONG_MASTER_SECRET or HUTONG_MASTER_SECRET_FILE',
    '  HUTONG_LOG              debug, info, warn, error or silent; warn',
    'Ctrl-C stops everything; a second Ctrl-C stops at once.',
    'With --json one line tells the addresses when everything is up.',
  ],
  examples: ['hutong start', 'HUTONG_PORT=8080 hutong start'],
  async run(deps, input) {
    // Servers are loaded only by who runs one.
    const { runStart } = await import('./run-start.ts');
    await runStart(deps, input.json);
  },
};
