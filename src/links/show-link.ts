import { assertNever } from '../base/assert.ts';
import type { Lang } from '../base/lang.ts';
import { type ProofPlaces, proofPlacesOf } from './hosts/look-for-proof.ts';
import { koulingOf } from './kouling/kouling-of.ts';
import type { Link, LinkApp, LinkAppSettings, LinkContent, LinkHost, LinkState, ProofFile, ReadyLink } from './link.ts';
import type { LinkVersion } from './links.ts';
import { linkUrlOf, type WhereLinksAre } from './ready-link.ts';

export interface ShownContent {
  page: string | null;
  app_path: string | null;
  title: string;
  description: string | null;
  image_url: string | null;
  price: { currency: string; minor: string } | null;
  availability: LinkContent['availability'];
  direct: boolean;
  expires_at: string | null;
}

/** A link as the API shows it. */
export interface ShownLink extends ShownContent {
  id: string;
  object: 'link';
  url: string;
  card_url: string;
  /** What to paste where an app passes text alone. */
  texts: Record<Lang, string>;
  code: string;
  host: string | null;
  kind: Link['kind'];
  state: LinkState;
  state_reason: string | null;
  version: number;
  livemode: boolean;
  created_at: string;
  updated_at: string;
}

export interface ShownLinkVersion extends ShownContent {
  version: number;
  state: LinkState;
  state_reason: string | null;
  by: string;
  at: string;
}

export interface ShownLinkHost {
  id: string;
  object: 'link_host';
  host: string;
  uses: readonly string[];
  proof: { line: string; file_url: string | null; dns_name: string | null };
  proved_at: string | null;
  files: ProofFile[];
  created_at: string;
}

export interface ShownLinkApp {
  id: string;
  object: 'link_app';
  name: string;
  settings: ShownLinkAppSettings;
  created_at: string;
}

/** `servedHost`: `URL.host` of what serves it; null: our own address. */
export function showLink(where: WhereLinksAre, link: Link, servedHost: string | null): ShownLink {
  return show(link, linkUrlOf(where, link.code, servedHost), servedHost);
}

/** The same of one that is ready to be opened. */
export function showReady({ link, url, servedHost }: ReadyLink): ShownLink {
  return show(link, url, link.servedBy === null ? null : servedHost);
}

function show(link: Link, url: string, host: string | null): ShownLink {
  return {
    id: link.id,
    object: 'link',
    url,
    card_url: `${url}/card.png?v=${link.version}`,
    texts: { 'zh-CN': koulingOf({ link, url }, 'zh-CN'), en: koulingOf({ link, url }, 'en') },
    code: link.code,
    host,
    kind: link.kind,
    state: link.state,
    state_reason: link.stateReason,
    ...showContent(link),
    version: link.version,
    livemode: link.livemode,
    created_at: link.createdAt.toISOString(),
    updated_at: link.updatedAt.toISOString(),
  };
}

export function showContent(content: LinkContent): ShownContent {
  return {
    page: content.page,
    app_path: content.appPath,
    title: content.title,
    description: content.description,
    image_url: content.imageUrl,
    price: content.price === null ? null : { ...content.price, minor: content.price.minor.toString() },
    availability: content.availability,
    direct: content.direct,
    expires_at: content.expiresAt?.toISOString() ?? null,
  };
}

export function showLinkVersion({ version, content, state, stateReason, by, at }: LinkVersion): ShownLinkVersion {
  return { version, ...showContent(content), state, state_reason: stateReason, by, at: at.toISOString() };
}

/** With where its proof may stand. */
export function showLinkHost(host: LinkHost): ShownLinkHost {
  const { line, fileUrl, dnsName }: ProofPlaces = proofPlacesOf(host);
  return {
    id: host.id,
    object: 'link_host',
    host: host.host,
    uses: host.uses,
    proof: { line, file_url: fileUrl, dns_name: dnsName },
    proved_at: host.provedAt?.toISOString() ?? null,
    files: host.files.map(({ name, content }) => ({ name, content })),
    created_at: host.createdAt.toISOString(),
  };
}

/** Never with its secret. */
export function showLinkApp({ id, name, settings, createdAt }: LinkApp): ShownLinkApp {
  return { id, object: 'link_app', name, settings: showAppSettings(settings), created_at: createdAt.toISOString() };
}

export type ShownLinkAppSettings =
  | { kind: 'ios'; app_id: string; scheme: string | null; universal_host: string | null; store_url: string | null }
  | {
      kind: 'android';
      package: string;
      certificates: readonly string[];
      scheme: string | null;
      app_link_host: string | null;
      store_url: string | null;
    }
  | { kind: 'wechat_mini'; app_id: string; original_id: string; page: string }
  | { kind: 'alipay_mini'; app_id: string; page: string }
  | { kind: 'wechat_account'; app_id: string; open_app_id: string | null };

export function showAppSettings(settings: LinkAppSettings): ShownLinkAppSettings {
  switch (settings.kind) {
    case 'ios': {
      const { kind, appId, scheme, universalHost, storeUrl } = settings;
      return { kind, app_id: appId, scheme, universal_host: universalHost, store_url: storeUrl };
    }
    case 'android': {
      const { kind, certificates, scheme, appLinkHost, storeUrl } = settings;
      return {
        kind,
        package: settings.package,
        certificates,
        scheme,
        app_link_host: appLinkHost,
        store_url: storeUrl,
      };
    }
    case 'wechat_mini':
      return { kind: settings.kind, app_id: settings.appId, original_id: settings.originalId, page: settings.page };
    case 'alipay_mini':
      return { kind: settings.kind, app_id: settings.appId, page: settings.page };
    case 'wechat_account':
      return { kind: settings.kind, app_id: settings.appId, open_app_id: settings.openAppId };
    default:
      return assertNever(settings);
  }
}
