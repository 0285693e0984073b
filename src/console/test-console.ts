import { readPlan } from '../rollout/read-plan.ts';
import type { PlanFile } from '../rollout/plan-file.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { type ManualClock, systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { BOOK } from '../hutong.ts';
import { createOperatorLink, openOperatorLink, type OperatorsDeps } from '../operators/operator-sessions.ts';

/** A browser of an operator without script: it keeps cookies, follows nothing by itself, and sends what a browser would. */
export interface ConsoleVisit {
  cookie: string;
  get(path: string, headers?: Record<string, string>): Promise<ConsoleReply>;
  /** A form of our own page, with its token unless `fields` has another. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<ConsoleReply>;
}

export interface ConsoleReply {
  status: number;
  headers: Headers;
  body: string;
}

export interface ConsoleWorld extends TestServer {
  operators: OperatorsDeps;
  /** The code of a new link. */
  link(operator?: string, lastsMs?: number): Promise<{ id: string; code: string }>;
  enter(operator?: string): Promise<ConsoleVisit>;
  visit(cookie: string): ConsoleVisit;
  newRollout(file?: Partial<PlanFile>): Promise<string>;
  /** ¥5.00 off, paid by the platform, unless the test says otherwise. */
  newOffer(campaign?: object): Promise<string>;
  newPayment(order?: object): Promise<string>;
}

const HOUR_MS = 3_600_000;

export async function openConsoleWorld(clock?: ManualClock): Promise<ConsoleWorld> {
  const server = await startTestServer(clock === undefined ? {} : { clock });
  const operators: OperatorsDeps = {
    sql: server.sql,
    clock: clock ?? systemClock,
    random: systemRandom,
    log: silentLog,
    book: BOOK,
  };
  const link = async (operator = 'zhang', lastsMs = 8 * HOUR_MS) => {
    const { session, code } = await createOperatorLink(operators, { operator, lastsMs });
    return { id: session.id, code: code.reveal() };
  };
  const visit = (cookie: string): ConsoleVisit => openVisit(server.url, cookie);
  return {
    ...server,
    operators,
    link,
    visit,
    async enter(operator) {
      const { code } = await link(operator);
      const opened = await openOperatorLink(operators, code); // not through the page, which counts how often it is asked
      if (opened === null) throw new Error('a new link opens');
      return visit(`hutong-console=${opened.cookie.reveal()}`);
    },
    async newOffer(campaign = {}) {
      const reply = await server.offers.publish({
        actor: { kind: 'operator', name: 'operator' },
        merchantId: null,
        campaign: {
          name: { 'zh-CN': '立减五元', en: 'Five off' },
          kind: 'flat',
          by: 'hutong',
          currency: 'CNY',
          off: '5.00',
          funders: [{ funder: 'platform', per_mille: 1000 }],
          when: { until: '2030-12-31' },
          limits: { money: { campaign: '1000.00' } },
          ...campaign,
        },
        reason: 'a test',
        claim: null,
      });
      const { id }: { id: string } = JSON.parse(reply.body); // an offer as the API shows it
      return id;
    },
    async newPayment(order = {}) {
      const reply = await server.call('POST', '/v1/payments', {
        order_no: systemRandom.bytes(8).toString('hex'),
        amount: { currency: 'CNY', minor: '10000' },
        subject: '茶',
        return_url: 'https://shop.example/back',
        ...order,
      });
      if (reply.status !== 201) throw new Error(JSON.stringify(reply.json));
      return reply.json.id;
    },
    async newRollout(file = {}) {
      const plan = readPlan({
        key: 'wallet.unionpay',
        wallet: 'unionpay',
        steps: [{ share: '1%', for: '1h' }, { share: '10%', gate: true }, { share: '100%' }],
        ...file,
      });
      const because = { by: 'operator', reason: 'a test' };
      return (await server.sql.begin((tx) => server.rollouts.create(tx, BOOK, plan, because))).id;
    },
  };
}

/** `name=value` of the session's cookie. */
export function cookieOf({ headers }: ConsoleReply): string {
  return (
    headers
      .getSetCookie()
      .find((line) => line.includes('hutong-console='))
      ?.split(';')[0] ?? ''
  );
}

export function tokenOf({ body }: ConsoleReply): string {
  return /name="token" value="([^"]+)"/.exec(body)?.[1] ?? '';
}

function openVisit(url: string, cookie: string): ConsoleVisit {
  const ask = async (path: string, init: RequestInit): Promise<ConsoleReply> => {
    const reply = await fetch(url + path, { redirect: 'manual', ...init });
    return { status: reply.status, headers: reply.headers, body: await reply.text() };
  };
  const get = (path: string, headers: Record<string, string> = {}): Promise<ConsoleReply> =>
    ask(path, { headers: { cookie, 'accept-language': 'en', ...headers } });
  return {
    cookie,
    get,
    async post(path, fields = {}, headers = {}) {
      const token = fields['token'] ?? (cookie === '' ? '' : tokenOf(await get('/console')));
      return await ask(path, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, token }),
        headers: { cookie, origin: url, 'accept-language': 'en', ...headers },
      });
    },
  };
}
