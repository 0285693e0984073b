import { Hutong } from '../../../../sdk/src/index.ts';
import type { AddedPerson, BankSandbox } from '../../../sandbox/bank/bank.ts';
import type { PhoneSandbox } from '../../../sandbox/phone/phone.ts';
import type { CliDeps, Server } from '../../command.ts';
import { CliError } from '../../command.ts';
import type { Lifetime } from '../../lifetime.ts';
import { freePort } from '../../ports.ts';
import { openWalletShop, readCode, startWalletSandbox } from '../../wallet-sandbox.ts';
import type { WalletServer } from '../../wallet-server.ts';
import { DEMO_HOST, makeSettings, openMerchant, startDatabase, startServer } from '../demo-server.ts';
import type { Story } from '../story.ts';
import { type CodeAfter, createPerson, type Person } from './person.ts';

/** A Hutong with wallet and shop, twelve pretend banks, one phone, and somebody with cards of four banks. */
export interface WalletDemoWorld {
  dataDir: string;
  server: Server & { wallet: WalletServer };
  bank: BankSandbox;
  phone: PhoneSandbox;
  /** The shop's side. */
  hutong: Hutong;
  /** The buyer at the banks, and in the app. */
  holder: AddedPerson;
  payee: AddedPerson;
  person: Person;
  /** The code in the message that `work` makes come to the buyer's phone. */
  codeAfter: CodeAfter;
}

/** A bank is silent on purpose in this story: it is not waited for as long as in earnest. */
const REPLY_MS = 1500;
const BALANCE_DEADLINE_MS = 800;
const PHONE = '13800138000';

export async function openWalletWorld(
  deps: CliDeps,
  story: Story,
  life: Lifetime,
  keeps: boolean,
): Promise<WalletDemoWorld> {
  const { clock, random } = deps;
  const log = deps.makeLog('error');
  const made = await makeSettings(deps, life, keeps);
  const settings = { ...made, wallet: { ...made.wallet, port: await freePort() } };
  const walletUrl = `http://localhost:${settings.wallet.port}`;
  const database = await story.step('start_database', '启动自带的 PostgreSQL  Start a PostgreSQL of our own', () =>
    startDatabase(settings, life, log),
  );
  const opened: { wallet: WalletServer | null } = { wallet: null };
  const { bank, phone, options } = await story.step(
    'start_banks',
    '启动银行转接中心、十二家银行与一部手机  Start a pretend switch, twelve banks and a phone',
    async () => {
      const value = await startWalletSandbox(
        { clock, random, log, life },
        { dataDir: null, ports: settings.wallet.sandboxPorts, walletUrl, wallet: () => opened.wallet },
      );
      const { institution, algorithm, port } = value.bank.memberSettings;
      return { value, told: { facts: { switch: `127.0.0.1:${port}`, institution, algorithm, banks: value.bank.url } } };
    },
  );
  const url = `http://${DEMO_HOST}:${settings.port}`;
  const server = await story.step('start_hutong', '启动互通与互通钱包  Start Hutong and its wallet', async () => {
    const wallet = { ...options, timings: { replyMs: REPLY_MS }, balanceDeadlineMs: BALANCE_DEADLINE_MS };
    const value = await startServer(deps, { settings, database, url, life, wallet });
    if (value.wallet === null) throw new CliError('The wallet was not built.');
    opened.wallet = value.wallet;
    await value.wallet.app.listen({ port: settings.wallet.port, host: DEMO_HOST });
    return { value: { ...value, wallet: value.wallet }, told: { facts: { api: url, wallet: walletUrl } } };
  });
  const hutong = await story.step(
    'open_shop',
    '开一家收互通钱包的店  Open a shop that takes Hutong Wallet',
    async () => {
      const { merchant, key } = await openMerchant(deps, server);
      const value = new Hutong({ baseUrl: url, apiKey: key.token.reveal() });
      const shop = { name: merchant.name, mcc: '5499', walletUrl, dataDir: null };
      const account = await openWalletShop(server.wallet, shop);
      await value.walletAccounts.create({ wallet: 'hutongwallet', label: 'sandbox', settings: account });
      return { value, told: { facts: { merchant: merchant.name, shop_no: account['merchant_no'] ?? '' } } };
    },
  );
  const holder = bank.addPerson({
    name: '林小满',
    phone: PHONE,
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: 1_280_050n },
      { bank: 'CMB', kind: 'debit', balanceFen: 356_000n },
      {
        bank: 'SPDB',
        kind: 'credit',
        creditFen: 3_000_000n,
        owedFen: 168_000n,
        bill: { amountFen: 168_000n, minimumFen: 16_800n, dueDay: dayAfter(deps, 18), billedDay: dayAfter(deps, -7) },
      },
    ],
  });
  const payee = bank.addPerson({
    name: '周子昂',
    phone: '13911112222',
    cards: [{ bank: 'CCB', kind: 'debit', balanceFen: 10_000n }],
  });
  return {
    dataDir: settings.dataDir,
    server,
    bank,
    phone,
    hutong,
    holder,
    payee,
    person: createPerson({ walletUrl, random }),
    codeAfter: (work) => readCode(phone, PHONE, work),
  };
}

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;

/** A day of Asia/Shanghai so many days from today. */
function dayAfter({ clock }: CliDeps, days: number): string {
  return new Date(clock.now().getTime() + BEIJING_MS + days * DAY_MS).toISOString().slice(0, 10);
}
