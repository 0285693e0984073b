import { html, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import type { LinkApp, ReadyLink } from '../../links/link.ts';
import { toPreview } from '../../links/preview/preview.ts';
import { WECHAT, type WechatPlace } from '../../links/preview/wechat-api.ts';
import type { Visitor } from '../../links/visitor.ts';
import { assetPath } from '../assets.ts';
import { linkBase } from './link-address.ts';

/** Where the page's script from WeChat comes from. */
export type ScriptPlace = Pick<WechatPlace, 'scriptUrl'>;

/**
 * What `script-src` names besides our own: WeChat's script at its one address, inside WeChat alone, on a link whose owner has a service account.
 * Everywhere else it is nothing.
 */
export function wechatCspSources(ready: ReadyLink, visitor: Visitor, place: ScriptPlace = WECHAT): readonly string[] {
  const isWechat = visitor.app === 'wechat' && visitor.robot === null;
  return isWechat && serviceAccountOf(ready) !== null ? [place.scriptUrl] : [];
}

/**
 * What a landing page inside WeChat puts at the end of its body: what WeChat's own menu is to share, and our script that tells it and brings the
 * open tags to life (`data-wechat-tag` around each). Null on a link whose owner has no service account. Without script nothing of it is seen.
 */
export function renderWechatShare(ready: ReadyLink, lang: Lang, place: ScriptPlace = WECHAT): Html | null {
  if (serviceAccountOf(ready) === null) return null;
  const { title, description, url, card, price } = toPreview(ready, lang);
  return html`<div hidden data-wechat-share data-sdk="${place.scriptUrl}" data-config="${linkBase(ready)}/wechat-config" data-title="${price === null ? title : `${title} ${price.text}`}" data-description="${description}" data-link="${url}" data-picture="${card.url}&shape=square"></div>
<script src="${assetPath('wechat-share.js')}" defer></script>
`;
}

/** The account that signs for the pages of a link. */
export function serviceAccountOf({ apps }: ReadyLink): LinkApp | null {
  return apps.find(({ settings }) => settings.kind === 'wechat_account') ?? null;
}

/** The open tags that the owner's apps can use. */
export function openTagsOf({ apps }: ReadyLink): string[] {
  const canLaunchApp = apps.some(({ settings }) => settings.kind === 'wechat_account' && settings.openAppId !== null);
  const hasProgram = apps.some(({ settings }) => settings.kind === 'wechat_mini');
  return [...(canLaunchApp ? ['wx-open-launch-app'] : []), ...(hasProgram ? ['wx-open-launch-weapp'] : [])];
}
