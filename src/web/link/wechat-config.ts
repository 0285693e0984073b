import { html, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import type { LinkApp, ReadyLink } from '../../links/link.ts';
import type { Step } from '../../links/open/opening.ts';
import { toPreview } from '../../links/preview/preview.ts';
import { WECHAT, type WechatPlace } from '../../links/preview/wechat-api.ts';
import type { Visitor } from '../../links/visitor.ts';
import { assetPath } from '../assets.ts';
import { linkBase } from './link-address.ts';

/** What a page may load besides our own, by directive of its Content-Security-Policy. Empty lists: nothing. */
export interface WechatCspSources {
  script: readonly string[];
  style: readonly string[];
}

export type WechatStep = Extract<Step, { kind: 'wechat_launch_app' | 'wechat_launch_mini' }>;

const NOTHING: WechatCspSources = { script: [], style: [] };

/**
 * The one exception to pages that run only our own scripts: inside WeChat, on a link whose owner has a service account, WeChat's script may be
 * loaded from its one address. Its open tags bring a style of their own, so where there is one, styles inside the page are allowed there too; no
 * word of a shop's can become a style, since each stands in the page as text.
 */
export function wechatCspSources(
  ready: ReadyLink,
  visitor: Visitor,
  place: Pick<WechatPlace, 'scriptUrl'> = WECHAT,
): WechatCspSources {
  const account = serviceAccountFor(ready, visitor);
  if (account === null) return NOTHING;
  return { script: [place.scriptUrl], style: openTagsOf(ready).length === 0 ? [] : ["'unsafe-inline'"] };
}

/**
 * What a landing page puts at the end of its body: what WeChat's own menu shares, and our script that asks for it. Null everywhere but inside
 * WeChat on a link whose owner has a service account. Without script nothing of it is seen.
 */
export function renderWechatShare(
  ready: ReadyLink,
  visitor: Visitor,
  lang: Lang,
  place: Pick<WechatPlace, 'scriptUrl'> = WECHAT,
): Html | null {
  if (serviceAccountFor(ready, visitor) === null) return null;
  const { title, description, url, card, price } = toPreview(ready, lang);
  return html`<div hidden data-wechat-share data-sdk="${place.scriptUrl}" data-config="${linkBase(ready)}/wechat-config" data-title="${price === null ? title : `${title} ${price.text}`}" data-description="${description}" data-link="${url}" data-picture="${card.url}&amp;shape=square"></div>
<script src="${assetPath('wechat-share.js')}" defer></script>
`;
}

/**
 * A step by one of WeChat's open tags. It is hidden until WeChat has let the page use them, and again when it does not open: the ordinary steps are
 * always there besides. `label` is what the button says.
 */
export function renderWechatStep(step: WechatStep, label: string): Html {
  return step.kind === 'wechat_launch_app'
    ? html`<div class="wechat-step" hidden data-wechat-open="wx-open-launch-app" data-step="${step.kind}" data-label="${label}" data-appid="${step.appId}" data-extinfo="${step.extinfo}"></div>`
    : html`<div class="wechat-step" hidden data-wechat-open="wx-open-launch-weapp" data-step="${step.kind}" data-label="${label}" data-username="${step.originalId}" data-path="${step.path}"></div>`;
}

/** The account that signs for this page: the owner's, and only where WeChat's own browser shows it. */
export function serviceAccountFor(ready: ReadyLink, visitor: Visitor): LinkApp | null {
  const isWechat = visitor.app === 'wechat' && !visitor.isMiniProgram && visitor.robot === null;
  return isWechat ? serviceAccountOf(ready) : null;
}

export function serviceAccountOf({ apps }: ReadyLink): LinkApp | null {
  return apps.find(({ settings }) => settings.kind === 'wechat_account') ?? null;
}

/** The open tags that the owner's apps can use. */
export function openTagsOf({ apps }: ReadyLink): string[] {
  const canLaunchApp = apps.some(({ settings }) => settings.kind === 'wechat_account' && settings.openAppId !== null);
  const hasProgram = apps.some(({ settings }) => settings.kind === 'wechat_mini');
  return [...(canLaunchApp ? ['wx-open-launch-app'] : []), ...(hasProgram ? ['wx-open-launch-weapp'] : [])];
}
