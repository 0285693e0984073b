import type { LinksDeps } from '../links-deps.ts';
import type { LinkDesk } from '../links.ts';
import { type LinkCards, openLinkCards } from './link-cards.ts';
import type { WechatPlace } from './wechat-api.ts';
import { openWechatTickets, type WechatTickets } from './wechat-tickets.ts';

/** What shows links before they are tapped and needs more than the link itself. It keeps no timers and has nothing to stop. */
export interface LinkPreview {
  cards: LinkCards;
  tickets: WechatTickets;
  /** Where WeChat is; pages load its script from there. */
  place: WechatPlace;
}

/** One per process. `place` is WECHAT but in the sandbox, where a pretend WeChat stands in for it. */
export function openLinkPreview(
  deps: LinksDeps,
  { desk, place }: { desk: Pick<LinkDesk, 'openAppSecret'>; place: WechatPlace },
): LinkPreview {
  return {
    place,
    cards: openLinkCards(deps),
    tickets: openWechatTickets({
      sql: deps.sql,
      clock: deps.clock,
      log: deps.log,
      keyring: deps.keyring,
      send: deps.cashier.deps.send,
      place,
      openSecret: (app) => desk.openAppSecret(app),
    }),
  };
}
