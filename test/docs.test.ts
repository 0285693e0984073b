import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REFUSALS } from '../src/base/refusals.ts';
import { ATTEMPT_MOVES, PAYMENT_MOVES, REFUND_MOVES } from '../src/cashier/moves.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { commands } from '../src/cli/commands.ts';
import { SIMULATOR_NAMES, simulatorPortSetting } from '../src/cli/settings.ts';
import { ACCOUNT_KINDS, TRANSFER_CODES } from '../src/ledger/chart.ts';
import { currencies, formatMoney, money } from '../src/money/money.ts';
import { FAULT_KINDS as BANK_FAULTS } from '../src/sandbox/bank/bank-faults.ts';
import { CARDS } from '../src/sandbox/wallets/ground/cards.ts';
import { FAULT_KINDS, FAULT_OPERATIONS } from '../src/sandbox/wallets/unionpay/fault.ts';
import { TRY_AFTER_SECONDS } from '../src/webhooks/decide-delivery.ts';
import { EVENT_TYPES } from '../src/webhooks/webhook.ts';
import { wallets } from '../src/wallets/registry.ts';
import {
  codeIn,
  codesIn,
  isThere,
  linksOf,
  listPages,
  namesUnder,
  numbersIn,
  read,
  root,
  sectionUnder,
  sourcesOf,
  tableIn,
  tableUnder,
} from './doc-pages.ts';
import {
  fieldsOfReply,
  fieldsOfSchema,
  type OpenApi,
  type Operation,
  operationsOf,
  readOpenApi,
} from './openapi-shape.ts';
import { eventually, freePort, startTestServer, type TestServer } from './server.ts';

/* The docs are compared with the code. When a test here fails, one of the two is wrong. */

const pages = listPages();
const reference = (name: string): string => read(`docs/reference/${name}.md`);

let server: TestServer;
let openApi: OpenApi;
beforeAll(async () => {
  server = await startTestServer();
  openApi = await readOpenApi(server.url);
});
afterAll(() => server.close());

describe('errors.md', () => {
  const rows = tableUnder(read('docs/errors.md'), 'Codes');

  test('has every code with its status and whether to retry, and no other', () => {
    const shown = rows.map(([code = '', status, retryable]) => [codeIn(code), status, retryable]);
    const real = Object.entries(REFUSALS).map(([code, row]) => [
      code,
      String(row.status),
      row.retryable ? 'yes' : 'no',
    ]);
    expect(shown).toEqual(real);
  });

  test('can be pointed to by a problem type', () => {
    for (const [code = ''] of rows) expect(code).toContain(`<a id="${codeIn(code)}"></a>`);
  });

  test('says of the codes that no route answers yet that they are such', () => {
    const last = read('docs/errors.md').trim().split('\n\n').at(-1) ?? '';
    const sent = sourcesOf('src')
      .filter((path) => !/refusals\.ts$|\.test\.ts$/.test(path))
      .map(read)
      .join('\n');
    const unsent = Object.keys(REFUSALS).filter((code) => !sent.includes(`'${code}'`));
    const said = codesIn(last).filter((code) => code in REFUSALS);
    expect(said).toEqual(unsent);
  });

  test('names every code that other pages name', () => {
    const wrong = pages.flatMap((page) =>
      [...read(page).matchAll(/Refuses: ([^\n]+(?:\n[^\n]+)*)/g)].flatMap(([, text = '']) =>
        [...text.replace(/\([^)]*\)/g, '').matchAll(/`([a-z_]+)`/g)]
          .map(([, code = '']) => code)
          .filter((code) => !(code in REFUSALS))
          .map((code) => `${page}: ${code}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

/** Empty in the replies that are looked at: a payment without offers. */
const LISTS = ['offers', 'wallet_discounts', 'wallet_reports', 'items'];

describe('every field that is sent stands in its page, and no other', () => {
  test('payment, attempt, refund and wallet account', () => {
    const schema = (method: string, path: string) => replySchema(operationAt(method, path));
    expect(fieldsIn('payment', 'Fields')).toEqual(fieldsOfSchema(schema('GET', '/v1/payments/{id}')));
    expect(fieldsIn('attempt', 'Fields')).toEqual(fieldsOfSchema(schema('POST', '/v1/payments/{id}/attempts')));
    expect(fieldsIn('refund', 'Fields')).toEqual(fieldsOfSchema(schema('GET', '/v1/refunds/{id}')));
    expect(fieldsIn('wallet-account', 'Fields')).toEqual(fieldsOfSchema(schema('GET', '/v1/wallet-accounts/{id}')));
    expect(fieldsIn('qr-code', 'Fields')).toEqual(fieldsOfSchema(schema('GET', '/v1/qr-codes/{id}')));
  });

  test('offer, voucher and quote', () => {
    const schema = (method: string, path: string) => replySchema(operationAt(method, path));
    const voucher = schema('POST', '/v1/offers/{id}/vouchers').properties?.['data']?.items ?? {};
    expect(fieldsIn('offer', 'Fields')).toEqual(fieldsOfSchema(schema('GET', '/v1/offers/{id}')));
    expect(fieldsIn('offer', 'Vouchers')).toEqual(fieldsOfSchema(voucher));
    expect(fieldsIn('offer', 'Quote')).toEqual(fieldsOfSchema(schema('POST', '/v1/offers/quote')));
  });

  test('share link, host and app', () => {
    const schema = (method: string, path: string) => replySchema(operationAt(method, path));
    expect(fieldsIn('link', 'Fields')).toEqual(fieldsOfSchema(schema('GET', '/v1/links/{id}')));
    expect(fieldsIn('link', 'Hosts')).toEqual(fieldsOfSchema(schema('POST', '/v1/link-hosts')));
    expect(fieldsIn('link', 'Apps')).toEqual(fieldsOfSchema(schema('POST', '/v1/link-apps')));
    expect(fieldsIn('link-stats', 'Fields')).toEqual(fieldsOfSchema(schema('GET', '/v1/links/{id}/stats')));
  });

  test('real replies of payment, attempt, refund, wallet account, endpoint, event and delivery', async () => {
    const endpoint = await server.call('POST', '/v1/webhook-endpoints', {
      url: `http://127.0.0.1:${await freePort()}/nobody-listens`,
      ed25519: true,
    });
    expect(endpoint.status, JSON.stringify(endpoint.json)).toBe(201);
    const { payment, attempt, refund } = await payAndRefund();
    const account = await server.call('GET', `/v1/wallet-accounts/${server.walletAccountId}`);
    const events = await server.call('GET', '/v1/events');
    const delivery = await eventually('a delivery that was tried', async () => {
      const { json } = await server.call('GET', '/v1/webhook-deliveries');
      return json.data.find((each: { tries_count: number }) => each.tries_count > 0);
    });
    expect(withoutParts(fieldsIn('payment', 'Fields'), ...LISTS)).toEqual(fieldsOfReply(payment));
    expect(withoutParts(fieldsIn('attempt', 'Fields'), 'failure', ...LISTS)).toEqual(fieldsOfReply(attempt));
    expect(withoutParts(fieldsIn('refund', 'Fields'), 'failure', ...LISTS)).toEqual(fieldsOfReply(refund));
    expect(fieldsIn('wallet-account', 'Fields')).toEqual(fieldsOfReply(account.json));
    expect(fieldsIn('webhook', 'Endpoint')).toEqual(fieldsOfReply(endpoint.json));
    expect(fieldsIn('webhook', 'Event')).toEqual(fieldsOfReply(events.json.data[0]));
    expect(fieldsIn('webhook', 'Delivery')).toEqual(fieldsOfReply(delivery));
  });

  test('the next action of each scene', async () => {
    const rows = new Map(
      tableUnder(reference('attempt'), 'The next action').map(([type = '', fields = '']) => [
        codeIn(type),
        codesIn(fields),
      ]),
    );
    for (const scene of ['web', 'wap', 'app']) {
      const { id } = await createPayment();
      const { json } = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene });
      const { type, ...fields } = json.next_action;
      expect(rows.get(type)).toEqual(Object.keys(fields));
    }
  });
});

describe('every route stands in a page', () => {
  test('with its scope, its summary of parameters, and no other route', () => {
    const documented = pages
      .filter((page) => page.startsWith('docs/reference/'))
      .flatMap((page) =>
        [...read(page).matchAll(/^### (GET|POST|PATCH|DELETE) (\S+)$/gm)].map(([heading]) => ({
          page,
          heading: heading.slice(4),
        })),
      );
    const real = operationsOf(openApi).map((operation) => `${operation.method} ${operation.path}`);
    expect([...new Set(documented.map(({ heading }) => heading))].sort()).toEqual(real.sort());

    for (const operation of operationsOf(openApi)) {
      const name = `${operation.method} ${operation.path}`;
      const sections = documented
        .filter(({ heading }) => heading === name)
        .map(({ page }) => sectionUnder(read(page), name));
      const full = sections.find((section) => section.includes('Scope `'));
      expect(full, name).toBeDefined();
      expect(full, name).toContain(`Scope \`${operation.scope}\``);
      expect(full, name).toContain(`Answers ${operation.success}`);
      const shown = tableIn(full ?? '').map(([field = '', place, , needed = '']) => [
        codeIn(field),
        place,
        needed === 'yes',
      ]);
      expect(shown, name).toEqual(
        operation.parameters.map(({ name: field, place, isNeeded }) => [field, place, isNeeded]),
      );
    }
  });
});

describe('tables that stand in the code', () => {
  test('state moves', () => {
    for (const [heading, moves] of [
      ['Payment', PAYMENT_MOVES],
      ['Attempt', ATTEMPT_MOVES],
      ['Refund', REFUND_MOVES],
    ] as const) {
      const shown = tableUnder(reference('states'), heading).map(([state = '', from = '']) => [
        codeIn(state),
        codesIn(from).sort(),
      ]);
      expect(Object.fromEntries(shown)).toEqual(
        Object.fromEntries(Object.entries<readonly string[]>(moves).map(([state, from]) => [state, from.toSorted()])),
      );
    }
  });

  test('when a wallet is asked', () => {
    const shown = tableUnder(reference('states'), 'When a wallet is asked').map(([wallet = '', ...cells]) => [
      codeIn(wallet),
      ...cells.map((cell) => numbersIn(cell)),
    ]);
    const real = Object.values(wallets).map(({ name, can }) => [
      name,
      can.askAfterSeconds,
      can.askRefundAfterSeconds,
      can.paymentCode?.askAfterSeconds ?? [],
      can.paymentCode === null ? [] : [can.paymentCode.undoAfterSeconds],
    ]);
    expect(shown).toEqual(real);
  });

  test('kinds of alerts', () => {
    const text = read('src/cashier/payment.ts');
    const kinds = [...(/type AlertKind =([^;]+);/.exec(text)?.[1] ?? '').matchAll(/'([a-z_]+)'/g)].map(
      ([, kind]) => kind,
    );
    expect(kinds.length).toBeGreaterThan(0);
    expect(namesUnder(reference('states'), 'What an operator is told')).toEqual(kinds);
  });

  test('reasons of a failure', () => {
    const text = read('src/wallets/wallet.ts');
    const reasons = [...(/type FailureReason =([^;]+);/.exec(text)?.[1] ?? '').matchAll(/'([a-z_]+)'/g)].map(
      ([, reason]) => reason,
    );
    expect(reasons.length).toBeGreaterThan(0);
    expect(namesUnder(reference('attempt'), 'Reasons of a failure')).toEqual(reasons);
  });

  test('the chart of accounts', () => {
    const shown = tableUnder(reference('ledger'), 'Accounts').map(([kind = '', ...rest]) => [codeIn(kind), ...rest]);
    const real = Object.entries(ACCOUNT_KINDS).map(([kind, row]) => [
      kind,
      String(row.code),
      row.side,
      row.limited ? 'no' : 'yes',
      row.owner,
      row.zh,
    ]);
    expect(shown).toEqual(real);
  });

  test('the reasons of transfers, with their accounts as the chart tells them', () => {
    const shown = tableUnder(reference('ledger'), 'Transfers').map(([reason = '', code, debit = '', credit = '']) => [
      codeIn(reason),
      code,
      codeIn(debit),
      codeIn(credit),
    ]);
    const arrows = new Map(
      [...read('src/ledger/chart.ts').matchAll(/\/\*\* ([a-z_…]+) → ([a-z_…]+)[^\n]*\n\s+([a-z_]+): \{ code/g)].map(
        ([, debit, credit, reason]) => [reason, [debit, credit]],
      ),
    );
    const real = Object.entries(TRANSFER_CODES).map(([reason, row]) => [
      reason,
      String(row.code),
      ...(arrows.get(reason) ?? ['?', '?']),
    ]);
    expect(shown).toEqual(real);
  });

  test('settings', () => {
    const sources = read('src/settings.ts') + read('src/wallet-settings.ts');
    const variables = new Set([...sources.matchAll(/'(HUTONG_[A-Z_]+|DATABASE_URL)'/g)].map(([, name = '']) => name));
    const ports = SIMULATOR_NAMES.map(simulatorPortSetting);
    expect(namesUnder(reference('settings'), 'Settings').sort()).toEqual([...variables, ...ports].sort());
  });

  test('settings of UnionPay', () => {
    const list = /const TEXT_SETTINGS = \[([^\]]+)\]/.exec(read('src/wallets/unionpay/config.ts'))?.[1] ?? '';
    const texts = [...list.matchAll(/'([a-z0-9_]+)'/g)].map(([, name]) => name);
    expect(texts.length).toBeGreaterThan(0);
    expect(namesUnder(reference('wallet-account'), 'Settings of UnionPay (云闪付)')).toEqual([
      ...texts,
      'check_signer_name',
    ]);
  });

  test('settings of Alipay', () => {
    const list = /const SETTINGS = \[([^\]]+)\]/.exec(read('src/wallets/alipay/config.ts'))?.[1] ?? '';
    const texts = [...list.matchAll(/'([a-z0-9_]+)'/g)].map(([, name]) => name);
    expect(texts.length).toBeGreaterThan(0);
    expect(namesUnder(reference('wallet-account'), 'Settings of Alipay (支付宝)')).toEqual(texts);
  });

  test('settings of WeChat Pay', () => {
    const list = /const SETTINGS = \[([^\]]+)\]/.exec(read('src/wallets/wechatpay/config.ts'))?.[1] ?? '';
    const texts = [...list.matchAll(/'([a-z0-9_]+)'/g)].map(([, name]) => name);
    expect(texts.length).toBeGreaterThan(0);
    expect(namesUnder(reference('wallet-account'), 'Settings of WeChat Pay (微信支付)')).toEqual(texts);
  });

  test('settings of JD Pay', () => {
    const list = /const SETTINGS = \[([^\]]+)\]/.exec(read('src/wallets/jdpay/config.ts'))?.[1] ?? '';
    const texts = [...list.matchAll(/'([a-z0-9_]+)'/g)].map(([, name]) => name);
    expect(texts.length).toBeGreaterThan(0);
    expect(new Set(namesUnder(reference('wallet-account'), 'Settings of JD Pay (京东支付)'))).toEqual(new Set(texts));
  });

  test('settings of the Open Wallet Protocol', () => {
    const list = /const TEXT_SETTINGS = \[([^\]]+)\]/.exec(read('src/wallets/open/config.ts'))?.[1] ?? '';
    const texts = [...list.matchAll(/'([a-z0-9_]+)'/g)].map(([, name]) => name);
    expect(texts.length).toBeGreaterThan(0);
    const heading = 'Settings of the Open Wallet Protocol (美团支付, 开放钱包)';
    expect(namesUnder(reference('wallet-account'), heading)).toEqual(texts);
  });

  test('commands', () => {
    expect(namesUnder(reference('cli'), 'Commands')).toEqual(commands.map((command) => command.name));
  });

  test('scopes, event types and the times of tries', () => {
    expect(namesUnder(reference('merchant'), 'Scopes')).toEqual([...SCOPES]);
    expect(namesUnder(reference('webhook'), 'Event types')).toEqual([...EVENT_TYPES]);
    expect(tableUnder(reference('webhook'), 'Tries').map(([, seconds]) => Number(seconds))).toEqual([
      ...TRY_AFTER_SECONDS,
    ]);
  });

  test('currencies and their digits', () => {
    const shown = tableUnder(reference('money'), 'Money', 1).map(([currency = '', digits]) => [
      codeIn(currency),
      Number(digits),
    ]);
    const real = currencies.map((currency) => [
      currency,
      /\.(\d+)/.exec(formatMoney(money(currency, 1234n)))?.[1]?.length ?? 0,
    ]);
    expect(shown).toEqual(real);
  });

  test('cards and faults of the simulator', () => {
    const text = reference('sandbox');
    expect(tableUnder(text, "The payer's page").map(([card]) => card)).toEqual(
      CARDS.map((card) => `${card.bank.zh} \`${card.accNo}\``),
    );
    expect(namesUnder(text, 'Faults')).toEqual([...FAULT_KINDS]);
    expect(codesIn(/Operations: ([^\n]+)/.exec(text)?.[1] ?? '')).toEqual([...FAULT_OPERATIONS]);
  });

  test('faults of the pretend banks', () => {
    expect(namesUnder(reference('sandbox-banks'), 'Faults')).toEqual([...BANK_FAULTS]);
  });

  test('the floors', () => {
    const shown = tableUnder(read('ARCHITECTURE.md'), 'Floors').map(([, folders = '']) => codesIn(folders));
    const code = /const FLOORS = (\[[\s\S]+?\n\]);/.exec(read('test/tidy.test.ts'))?.[1] ?? '[]';
    const real: unknown = JSON.parse(code.replaceAll("'", '"').replace(/,(\s*)\]/g, '$1]'));
    expect(shown).toEqual(real);
  });
});

describe('every page', () => {
  test('links only to what is there', () => {
    const broken = pages.flatMap((page) =>
      linksOf(read(page))
        .filter((link) => !isThere(page, link))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test('tells no place of somebody’s machine', () => {
    const place = /(?:^|[\s`"'(])(\/(?:work|home|root|tmp|Users|mnt)\/[^\s`"')]*|[A-Z]:\\[^\s]+|\.\.\/shared)/m;
    expect(pages.filter((page) => place.test(read(page)))).toEqual([]);
  });

  test('names only commands that are there', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
    const wrong = pages.flatMap((page) => {
      const text = read(page);
      const npm = [...text.matchAll(/\bnpm (?:run )?(start|test|[a-z:]+)\b/g)]
        .filter(([whole, name = '']) => whole.startsWith('npm run') || name === 'start' || name === 'test')
        .filter(([, name = '']) => !(name in scripts));
      const hutong = [...text.matchAll(/npx hutong ([a-z-]+(?: [a-z-]+){0,2})/g)].filter(
        ([, line = '']) => !commands.some(({ name }) => `${line} `.startsWith(`${name} `)),
      );
      const tools = [...text.matchAll(/npx tsx (\S+\.ts)|node (scripts\/\S+\.mjs)/g)].filter(
        ([, ts, mjs]) => !existsSync(join(root, ts ?? mjs ?? '')),
      );
      return [...npm, ...hutong, ...tools].map(([whole]) => `${page}: ${whole}`);
    });
    expect(wrong).toEqual([]);
  });
});

let ordersCount = 0;

async function createPayment(): Promise<{ id: string }> {
  ordersCount += 1;
  const created = await server.call('POST', '/v1/payments', {
    order_no: `docs-${ordersCount}`,
    amount: { currency: 'CNY', minor: '1200' },
    subject: '酸梅汤',
    return_url: 'https://shop.example/orders/1',
    metadata: { table: '7' },
  });
  expect(created.status, JSON.stringify(created.json)).toBe(201);
  return created.json;
}

/** One payment through the app, refunded; the attempt is told while its next action is still there. */
async function payAndRefund() {
  const { id } = await createPayment();
  const attempt = await server.call('POST', `/v1/payments/${id}/attempts`, { wallet: 'unionpay', scene: 'app' });
  server.unionpay.pay(attempt.json.id.slice('att_'.length));
  const payment = await eventually('the payment', async () => {
    const { json } = await server.call('GET', `/v1/payments/${id}`);
    return json.state === 'succeeded' && json;
  });
  const refund = await server.call('POST', `/v1/payments/${id}/refunds`, {});
  expect(refund.status, JSON.stringify(refund.json)).toBe(201);
  return { payment, attempt: attempt.json, refund: refund.json };
}

function operationAt(method: string, path: string): Operation {
  const found = operationsOf(openApi).find((operation) => operation.method === method && operation.path === path);
  if (found === undefined) throw new Error(`there is no route ${method} ${path}`);
  return found;
}

function replySchema(operation: Operation) {
  if (operation.replySchema === null) throw new Error(`${operation.path} has no reply`);
  return operation.replySchema;
}

/** The names in the first column of a page's table of fields, sorted. */
function fieldsIn(page: string, heading: string): string[] {
  return namesUnder(reference(page), heading).sort();
}

/** A reply whose object is null shows no fields of it. */
function withoutParts(fields: readonly string[], ...names: string[]): string[] {
  return fields.filter((field) => !names.some((name) => field.startsWith(`${name}.`) || field.startsWith(`${name}[]`)));
}
