import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { rootDir } from '../../../base/root.ts';
import { faultCode } from '../ground/fault.ts';
import { sendUnderFault } from '../ground/send-under-fault.ts';
import { type Json, readBody, textAt } from './check-body.ts';
import type { Gateway } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';

/* The official-account side of the pretend WeChat: tokens and tickets of service accounts, and the script that pages load. */

const LIFE_SECONDS = 7200;
/** A stable token is renewed this long before its end; the old one stays good meanwhile. */
const RENEW_SECONDS = 300;
/** How far the clock of a page's server may be off. */
const SIGNATURE_SECONDS = 3600;

interface Issued {
  value: string;
  endsMs: number;
}

interface AccountBook {
  token: Issued | null;
  /** Of a renewed token: good until its own end. */
  tokenBefore: Issued | null;
  ticket: Issued | null;
}

/** What a page asked WeChat to share, once it was allowed to. */
export interface SharedCard {
  appId: string;
  url: string;
  to: 'friend' | 'timeline';
  title: string;
  desc: string;
  link: string;
  imgUrl: string;
}

export interface OfficialAccounts {
  registerRoutes(app: FastifyInstance): void;
  /** Oldest first. */
  sharedCards(): readonly SharedCard[];
}

const SHARED_MAX = 200;

/** Every pretend merchant's service account is the one whose AppID and secret stand in its settings. */
export function openOfficialAccounts(gateway: Gateway): OfficialAccounts {
  const books = new Map<string, AccountBook>();
  const shared: SharedCard[] = [];
  const bookOf = (appId: string): AccountBook => {
    const book = books.get(appId) ?? { token: null, tokenBefore: null, ticket: null };
    books.set(appId, book);
    return book;
  };

  return {
    sharedCards: () => shared,
    registerRoutes(app) {
      app.post('/cgi-bin/stable_token', (request, reply) =>
        answer(gateway, reply, 'stable_token', () => {
          const body = Buffer.isBuffer(request.body) ? readBody(request.body) : null;
          if (body === null) return wrong(47001, 'data format error');
          const checked = checkAccount(gateway, {
            grantType: textAt(body, 'grant_type'),
            appId: textAt(body, 'appid'),
            secret: textAt(body, 'secret'),
          });
          if ('errcode' in checked) return checked;
          return toToken(gateway, renewToken(gateway, bookOf(checked.appid), body['force_refresh'] === true));
        }),
      );
      app.get<{ Querystring: Record<string, string> }>('/cgi-bin/ticket/getticket', (request, reply) =>
        answer(gateway, reply, 'jsapi_ticket', () => {
          const { access_token: token = '', type = '' } = request.query;
          if (token === '') return wrong(41001, 'access_token missing');
          const holder = [...books.values()].find((book) => isOf(book.token, token) || isOf(book.tokenBefore, token));
          if (holder === undefined) return wrong(40001, 'invalid credential, access_token is invalid or not latest');
          const issued = isOf(holder.token, token) ? holder.token : holder.tokenBefore;
          if (issued === null || issued.endsMs <= nowMs(gateway)) return wrong(42001, 'access_token expired');
          if (type !== 'jsapi') return wrong(40097, 'invalid args');
          return toTicket(gateway, holder);
        }),
      );
      registerPageRoutes(app, gateway, books, shared);
    },
  };
}

interface Wrong {
  errcode: number;
  errmsg: string;
}

function wrong(errcode: number, errmsg: string): Wrong {
  return { errcode, errmsg };
}

/** WeChat answers errors with status 200. */
function answer(
  gateway: Gateway,
  reply: FastifyReply,
  operation: 'stable_token' | 'jsapi_ticket',
  decide: () => object,
): Promise<FastifyReply> {
  const fault = gateway.faults.take(operation, '');
  return sendUnderFault(reply, fault, () => {
    const code = faultCode(fault);
    const json = code === null ? decide() : wrong(Number(code), 'as it was set up');
    return Promise.resolve((to: FastifyReply) =>
      to.type('application/json; encoding=utf-8').send(JSON.stringify(json)),
    );
  });
}

function checkAccount(
  gateway: Gateway,
  asked: { grantType: string; appId: string; secret: string },
): Wrong | SandboxMerchant {
  if (asked.grantType !== 'client_credential') return wrong(40002, 'invalid grant_type');
  if (asked.appId === '') return wrong(41002, 'appid missing');
  if (asked.secret === '') return wrong(41004, 'appsecret missing');
  const account = accountOf(gateway, asked.appId);
  if (account === undefined) return wrong(40013, 'invalid appid');
  return asked.secret === account.appSecret ? account : wrong(40125, 'invalid appsecret');
}

function accountOf(gateway: Gateway, appId: string): SandboxMerchant | undefined {
  return [...gateway.keys.merchants.values()].find(({ appid }) => appid === appId);
}

/** The plain mode gives the same token while it is good; the forced one ends all that were given before. */
function renewToken(gateway: Gateway, book: AccountBook, isForced: boolean): Issued {
  const now = nowMs(gateway);
  const isGood = book.token !== null && book.token.endsMs - now > RENEW_SECONDS * 1000;
  if (book.token !== null && isGood && !isForced) return book.token;
  book.tokenBefore = isForced ? null : book.token;
  book.token = issue(gateway, 'T');
  return book.token;
}

function toToken(gateway: Gateway, { value, endsMs }: Issued): object {
  return { access_token: value, expires_in: secondsLeft(gateway, endsMs) };
}

function toTicket(gateway: Gateway, book: AccountBook): object {
  if (book.ticket === null || book.ticket.endsMs <= nowMs(gateway)) book.ticket = issue(gateway, 'J');
  const { value, endsMs } = book.ticket;
  return { errcode: 0, errmsg: 'ok', ticket: value, expires_in: secondsLeft(gateway, endsMs) };
}

function issue(gateway: Gateway, kind: 'T' | 'J'): Issued {
  return {
    value: `${kind}${gateway.random.bytes(48).toString('base64url')}`,
    endsMs: nowMs(gateway) + LIFE_SECONDS * 1000,
  };
}

function isOf(issued: Issued | null, value: string): boolean {
  return issued?.value === value;
}

function secondsLeft(gateway: Gateway, endsMs: number): number {
  return Math.max(1, Math.floor((endsMs - nowMs(gateway)) / 1000));
}

function nowMs(gateway: Gateway): number {
  return gateway.clock.now().getTime();
}

/**
 * The script of pages, and what stands for the app behind it: the app checks the signature for the page it is showing. Answers come as scripts, so
 * that a page needs to allow nothing but the script's own address.
 */
function registerPageRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  books: ReadonlyMap<string, AccountBook>,
  shared: SharedCard[],
): void {
  app.get<{ Querystring: Record<string, string> }>('/open/js/jweixin-1.6.0.js', async (request, reply) => {
    const { query } = request;
    if (query['do'] === 'verify')
      return sendScript(reply, query, { errMsg: `config:${verify(gateway, books, query) ?? 'ok'}` });
    if (query['do'] === 'share') return sendScript(reply, query, { errMsg: takeCard(gateway, books, query, shared) });
    return reply.type('application/javascript').send(await readFile(SCRIPT));
  });
}

const SCRIPT = join(rootDir, 'src', 'sandbox', 'wallets', 'wechatpay', 'assets', 'jweixin-1.6.0.js');

/** What the page says its signature is for is worth nothing: the address is the one that the browser shows. */
function verify(
  gateway: Gateway,
  books: ReadonlyMap<string, AccountBook>,
  { appId = '', timestamp = '', nonceStr = '', signature = '', url = '' }: Record<string, string>,
): string | null {
  if (accountOf(gateway, appId) === undefined) return 'invalid appid';
  const ticket = books.get(appId)?.ticket ?? null;
  if (ticket === null || ticket.endsMs <= nowMs(gateway) || url.includes('#')) return 'invalid signature';
  const text = `jsapi_ticket=${ticket.value}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`;
  const wanted = Buffer.from(createHash('sha1').update(text).digest('hex'));
  const given = Buffer.from(signature);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'invalid signature';
  const offSeconds = Math.abs(nowMs(gateway) / 1000 - Number(timestamp));
  return offSeconds <= SIGNATURE_SECONDS ? null : 'invalid signature';
}

/** JS-SDK, 自定义分享: the link must lie under the host of the page. */
function takeCard(
  gateway: Gateway,
  books: ReadonlyMap<string, AccountBook>,
  query: Record<string, string>,
  shared: SharedCard[],
): string {
  const { appId = '', url = '', to = '', title = '', desc = '', link = '', imgUrl = '', apis = '' } = query;
  const name = to === 'timeline' ? 'updateTimelineShareData' : 'updateAppMessageShareData';
  if (verify(gateway, books, query) !== null || !apis.split(',').includes(name))
    return `${name}:fail, permission denied`;
  if (!URL.canParse(link) || !URL.canParse(url) || new URL(link).host !== new URL(url).host)
    return `${name}:fail, link is not of this page's host`;
  if (shared.length >= SHARED_MAX) shared.shift();
  shared.push({ appId, url, to: to === 'timeline' ? 'timeline' : 'friend', title, desc, link, imgUrl });
  return `${name}:ok`;
}

function sendScript(reply: FastifyReply, query: Record<string, string>, result: Json): FastifyReply {
  const number = /^\d{1,9}$/.test(query['call'] ?? '') ? query['call'] : '0';
  return reply.type('application/javascript').send(`window.__jweixin(${number}, ${JSON.stringify(result)});`);
}
