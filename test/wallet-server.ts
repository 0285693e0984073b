import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../src/base/clock.ts';
import { type Log, silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { rootDir } from '../src/base/root.ts';
import { Secret } from '../src/base/secret.ts';
import type { Api } from '../src/app/api.ts';
import { createTestBuyers } from '../src/cli/sandbox-buyers.ts';
import { toBankSettings } from '../src/cli/wallet-sandbox.ts';
import { type Hutong, openHutong } from '../src/hutong.ts';
import type { HutongWallet } from '../src/open-wallet.ts';
import { type AddedPerson, type BankSandbox, startBankSandbox } from '../src/sandbox/bank/bank.ts';
import { type PhoneSandbox, startPhoneSandbox } from '../src/sandbox/phone/phone.ts';
import { freshDatabase } from './database.ts';
import { eventually, freePort } from './server.ts';

/** Hutong Wallet whole, over a fresh database, with the pretend banks and the pretend phone. */
export interface WalletTestServer {
  url: string;
  hutong: Hutong;
  wallet: HutongWallet;
  bank: BankSandbox;
  phone: PhoneSandbox;
  databaseUrl: string;
  /** What was logged as an error: our own faults. */
  errors: unknown[];
  /** A browser of its own: keeps cookies, sends what the app sends. */
  browser(): Browser;
  /** Signed up with a phone of its own, with the PIN `PIN`. */
  signUp(phone: string): Promise<Browser>;
  /** The newest code that came to a phone after `work`. */
  codeTo(phone: string, work: () => Promise<unknown>): Promise<string>;
  /** Binds a card that the pretend banks have given this person. @returns its id */
  bind(browser: Browser, person: AddedPerson, at?: number): Promise<string>;
  close(): Promise<void>;
}

export const PIN = '480726';

export interface Reply {
  status: number;
  headers: Headers;
  // Replies are read by tests field by field, whatever they are.
  json: ReturnType<typeof JSON.parse>;
  text: string;
}

export interface Browser {
  cookies: Map<string, string>;
  /** As the app asks; `changed` headers are put in, or taken away by an empty text. */
  ask(method: string, path: string, body?: unknown, changed?: Record<string, string>): Promise<Reply>;
  /** @throws Error when it is not answered 200 */
  call<R extends keyof Api>(route: R, input?: Input<R>): Promise<Api[R]['reply']>;
  /** A proof of this act by PIN, and by a code where that is wanted. */
  prove(act: Api['POST /api/proofs']['body'], phone: string): Promise<string>;
}

export type Input<R extends keyof Api> = {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: Api[R] extends { body: infer B } ? B : never;
};

/** Close it in afterAll. */
export async function startWalletServer(
  options: { log?: Log; clock?: Clock; balanceDeadlineMs?: number; manyAddresses?: boolean } = {},
): Promise<WalletTestServer> {
  await buildAppOnce();
  const { url: databaseUrl } = await freshDatabase();
  const errors: unknown[] = [];
  const log: Log = options.log ?? { ...silentLog, error: (facts, message) => void errors.push({ message, facts }) };
  const ground = { clock: options.clock ?? systemClock, random: systemRandom, log };
  const bank = await startBankSandbox({ ...ground, port: 0, controlPort: 0, dataDir: null });
  const phone = await startPhoneSandbox({ ...ground, port: 0 });
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const codeTo: WalletTestServer['codeTo'] = async (number, work) => {
    const before = phone.messagesTo(number).length;
    await work();
    const message = await eventually('a message', async () => phone.messagesTo(number)[before]);
    return /\d{6}/.exec(message.text)?.[0] ?? '';
  };
  const testBuyers = createTestBuyers(() => ({ wallet: walletOf(hutong), bank, readCode: codeTo }));
  const hutong: Hutong = await openHutong({
    ...ground,
    databaseUrl,
    publicUrl: 'http://127.0.0.1:1',
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    // Each request of a test comes from somewhere else, so that no limit of one address stands in its way.
    trustedProxies: options.manyAddresses ? ['127.0.0.1'] : [],
    wallet: {
      url,
      bank: toBankSettings(bank),
      sms: { url: phone.smsUrl, secret: new Secret(phone.secret) },
      sandboxPhoneUrl: phone.url,
      testBuyers,
      ...(options.balanceDeadlineMs === undefined ? {} : { balanceDeadlineMs: options.balanceDeadlineMs }),
    },
  });
  const wallet = walletOf(hutong);
  await wallet.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
  await eventually('the rail is signed on', async () => wallet.desk.rail.status().isServing);
  const browser = (): Browser => openBrowser(url, codeTo, options.manyAddresses ?? false);
  return {
    url,
    hutong,
    wallet,
    bank,
    phone,
    databaseUrl,
    errors,
    browser,
    codeTo,
    async signUp(number) {
      const opened = browser();
      let codeId = '';
      const code = await codeTo(number, async () => {
        const body = { phone: number, lang: 'zh-CN' } as const;
        codeId = (await opened.call('POST /api/sign-in/code', { body })).code_id;
      });
      const body = { code_id: codeId, phone: number, code, device_name: 'test', lang: 'zh-CN' } as const;
      await opened.call('POST /api/sign-in', { body });
      await opened.call('POST /api/pin', { body: { pin: PIN, old_pin: null } });
      await trustDevices(hutong);
      return opened;
    },
    async bind(opened, { person, cards }, at = 0) {
      let bindingId = '';
      const code = await codeTo(person.phone, async () => {
        const body = {
          number: cards[at]?.number ?? '',
          phone: person.phone,
          name: person.name,
          id_number: person.idNumber,
        };
        bindingId = (await opened.call('POST /api/bindings', { body })).binding_id;
      });
      return (await opened.call('POST /api/bindings/:id', { params: { id: bindingId }, body: { code } })).card_id;
    },
    async close() {
      await hutong.stop();
      await phone.stop();
      await bank.stop();
    },
  };
}

function walletOf({ wallet }: Hutong): HutongWallet {
  if (wallet === null) throw new Error('the wallet is open');
  return wallet;
}

/** Builds the app's browser side when nobody has. */
export async function buildAppOnce(): Promise<void> {
  if (existsSync(join(rootDir, 'dist', 'app', 'files.json'))) return;
  const script = new URL('../scripts/build-client.mjs', import.meta.url).href;
  const { buildClient }: { buildClient: () => Promise<unknown> } = await import(script); // our own script
  await buildClient();
}

/** A device is new for a day, and trusted with little: these are two days old. */
async function trustDevices({ sql }: Hutong): Promise<void> {
  await sql`update user_devices set created_at = created_at - interval '2 days' where created_at > now() - interval '1 day'`;
}

let keys = 0;

function openBrowser(url: string, codeTo: WalletTestServer['codeTo'], manyAddresses: boolean): Browser {
  const cookies = new Map<string, string>();
  const ask: Browser['ask'] = async (method, path, body, changed = {}) => {
    keys += 1;
    const isRead = method === 'GET' || method === 'HEAD';
    const given = {
      ...(manyAddresses ? { 'x-forwarded-for': `10.${[16, 8, 0].map((bits) => (keys >> bits) & 255).join('.')}` } : {}),
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(isRead
        ? {}
        : {
            'content-type': 'application/json',
            'x-hutong-app': '1',
            origin: url,
            'idempotency-key': `test-${process.pid}-${keys}`,
          }),
      ...changed,
    };
    const reply = await fetch(url + path, {
      method,
      headers: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
      ...(isRead ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
      redirect: 'manual',
    });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await reply.text();
    const isJson =
      /json/.test(reply.headers.get('content-type') ?? '') && !/ndjson/.test(reply.headers.get('content-type') ?? '');
    return { status: reply.status, headers: reply.headers, json: isJson ? JSON.parse(text) : null, text };
  };
  const call: Browser['call'] = async (route, input = {}) => {
    const [method = 'GET', pattern = ''] = route.split(' ');
    const path = pattern.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(input.params?.[name] ?? ''));
    const query = new URLSearchParams(input.query ?? {}).toString();
    const reply = await ask(method, query === '' ? path : `${path}?${query}`, input.body);
    if (reply.status !== 200) throw new Error(`${route} answered ${reply.status}: ${reply.text}`);
    return reply.json;
  };
  return {
    cookies,
    ask,
    call,
    async prove(act, phone) {
      const offer = await call('POST /api/proofs', { body: act });
      const params = { id: offer.proof_id };
      const wantsCode = !offer.ways.includes('pin');
      const code = wantsCode
        ? await codeTo(phone, () => call('POST /api/proofs/:id/code', { params, body: {} }))
        : null;
      const { token } = await call('POST /api/proofs/:id', { params, body: { pin: PIN, code, passkey: null } });
      return token;
    },
  };
}
