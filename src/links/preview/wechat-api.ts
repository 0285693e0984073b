import { WECHAT_CALL_TIMEOUT_MS, WECHAT_REPLY_BYTES_MAX } from '../../base/link-limits.ts';
import type { OutboundRequest, Send } from '../../base/outbound.ts';

/** Where WeChat's official accounts are reached: by us, and by the page for its script. */
export interface WechatPlace {
  /** Without a slash at the end. */
  apiUrl: string;
  scriptUrl: string;
}

export const WECHAT: WechatPlace = {
  apiUrl: 'https://api.weixin.qq.com',
  scriptUrl: 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js',
};

/**
 * `given`: what was asked for, good for so many seconds. `refused`: WeChat's own `errcode`. `unknown`: no answer, or none that can be read. Both
 * calls may be made again without harm.
 */
export type WechatAnswer =
  | { kind: 'given'; value: string; seconds: number }
  | { kind: 'refused'; code: number }
  | { kind: 'unknown'; reason: string };

/**
 * The account's access token (接口英文名 getStableAccessToken): in the plain mode, so that it does not end the one that others of the owner's systems
 * use. It is kept apart from the one of `/cgi-bin/token`.
 */
export async function fetchToken(
  send: Send,
  { apiUrl }: WechatPlace,
  account: { appId: string; secret: string },
): Promise<WechatAnswer> {
  const body = { grant_type: 'client_credential', appid: account.appId, secret: account.secret, force_refresh: false };
  const request = { method: 'POST', url: `${apiUrl}/cgi-bin/stable_token`, body: JSON.stringify(body) } as const;
  return readAnswer(await send({ ...plain({ 'content-type': 'application/json' }), ...request }), 'access_token');
}

/** The ticket that pages' addresses are signed with (JS-SDK, appendix 1). */
export async function fetchTicket(send: Send, { apiUrl }: WechatPlace, token: string): Promise<WechatAnswer> {
  const query = new URLSearchParams({ access_token: token, type: 'jsapi' });
  const request = { method: 'GET', url: `${apiUrl}/cgi-bin/ticket/getticket?${query.toString()}`, body: '' } as const;
  return readAnswer(await send({ ...plain({}), ...request }), 'ticket');
}

function plain(headers: Record<string, string>): Pick<OutboundRequest, 'headers' | 'timeoutMs' | 'replyBytesMax'> {
  return {
    headers: { accept: 'application/json', 'user-agent': 'hutong', ...headers },
    timeoutMs: WECHAT_CALL_TIMEOUT_MS,
    replyBytesMax: WECHAT_REPLY_BYTES_MAX,
  };
}

/** Errors come with status 200 and an `errcode`; 0, or none, is success. Nothing of a reply is told on: it holds the token. */
function readAnswer(reply: Awaited<ReturnType<Send>>, name: 'access_token' | 'ticket'): WechatAnswer {
  if (reply.kind !== 'reply') return { kind: 'unknown', reason: 'no answer' };
  const json = readObject(reply.body);
  if (json === null) return { kind: 'unknown', reason: `HTTP status ${reply.status}, not readable` };
  const code = json['errcode'];
  if (typeof code === 'number' && code !== 0) return { kind: 'refused', code };
  const [value, seconds] = [json[name], json['expires_in']];
  const isRead = typeof value === 'string' && /^[\w.~+/!-]{1,1024}$/.test(value);
  if (!isRead || typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds <= 0 || seconds > 86_400)
    return { kind: 'unknown', reason: `HTTP status ${reply.status} without a ${name}` };
  return { kind: 'given', value, seconds };
}

function readObject(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    // An object has names and values, whatever they are.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
