import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { LINK_URL_CHARS_MAX } from '../../base/link-limits.ts';
import type { Random } from '../../base/random.ts';
import { Refusal } from '../../base/refusal.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';
import { signConfig } from '../../links/preview/sign-config.ts';
import type { WechatTickets } from '../../links/preview/wechat-tickets.ts';
import { queryOf } from '../page-request.ts';
import { findShown } from './card-routes.ts';
import { type LinkParams, linkPaths } from './link-address.ts';
import { openTagsOf, serviceAccountOf } from './wechat-config.ts';

export interface WechatRouteDeps {
  clock: Clock;
  random: Random;
  reader: LinkReader;
  tickets: WechatTickets;
  isBlocked: (ready: ReadyLink) => boolean;
}

/** What `wx.config` takes, but `debug`. */
export interface WechatConfig {
  appId: string;
  /** Seconds. */
  timestamp: number;
  nonceStr: string;
  signature: string;
  jsApiList: readonly string[];
  openTagList: readonly string[];
}

/** At least one has to be named, even where only open tags are used: on Android the configuration fails otherwise. */
const APIS = ['updateAppMessageShareData', 'updateTimelineShareData'] as const;
const NONCE_BYTES = 12;

/** `GET …/wechat-config?url=<what the browser reports>`: the signature that lets this link's page use WeChat's script. */
export function mountWechatRoutes(app: FastifyInstance, deps: WechatRouteDeps): void {
  for (const path of linkPaths('/wechat-config')) {
    app.get<LinkParams>(path, { schema: { hide: true } }, async (request, reply) => {
      const ready = await findShown(deps, request);
      const account = serviceAccountOf(ready);
      if (account?.settings.kind !== 'wechat_account')
        throw new Refusal('not_found', "the link's owner has no service account");
      const url = readUrl(ready, queryOf(request, 'url'));
      const reading = await deps.tickets.ticketOf(account);
      if (reading.kind === 'none') throw new Refusal('unavailable', 'there is no ticket right now');
      const timestamp = Math.floor(deps.clock.now().getTime() / 1000);
      const nonceStr = deps.random.bytes(NONCE_BYTES).toString('hex');
      const config: WechatConfig = {
        appId: account.settings.appId,
        timestamp,
        nonceStr,
        signature: signConfig(reading.ticket, url, nonceStr, timestamp),
        jsApiList: APIS,
        openTagList: openTagsOf(ready),
      };
      return reply
        .headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
        .send(JSON.stringify(config));
    });
  }
}

/**
 * The address to sign, letter for letter: this link's own, with whatever query WeChat added to it. No other is ever signed, or any page could act in
 * the name of the owner's account. @throws Refusal invalid_request
 */
function readUrl({ url: own }: ReadyLink, asked: string | null): string {
  const url = (asked ?? '').split('#')[0] ?? '';
  const isOwn = url === own || url.startsWith(`${own}?`);
  if (!isOwn || url.length > LINK_URL_CHARS_MAX || !/^[!-~]+$/.test(url))
    throw new Refusal('invalid_request', 'url is the address of this link as the browser reports it', { param: 'url' });
  return url;
}
