import { at, call, list } from './call.ts';
import type { Money } from './json.ts';
import type { List, ListParams } from './list.ts';
import type { CallOptions, Transport } from './transport.ts';
import type {
  Link,
  LinkApp,
  LinkAppSettings,
  LinkContent,
  LinkDeferral,
  LinkHost,
  LinkStats,
  LinkPreview,
  LinkText,
  LinkVersion,
} from './link-types.ts';

/** A link that is wanted; what is left out is null. */
export interface NewLink extends Partial<Omit<LinkContent, 'title'>> {
  /** `page`, if not given. */
  kind?: 'page' | 'pay' | 'group';
  title: string;
  /** Of kind `pay`. */
  pay?: NewPay;
  /** Of kind `group`. */
  group?: NewGroup;
  /** A proved host of yours that serves links; Hutong's own address, if not given. */
  host?: string;
}

/** How a link is paid; without an amount the buyer types it. */
export interface NewPay {
  amount?: Money;
  /** The least and the most that may be typed. */
  min?: Money;
  max?: Money;
  /** The title, if not given. */
  subject?: string;
  /** How often it may be paid; without end, if not given. */
  times?: number;
  /** The one order that it is for. */
  order_no?: string;
}

/** What several people pay together: so many equal shares, or who pays how much. */
export interface NewGroup {
  total: Money;
  shares?: number;
  people?: { name: string; amount: Money }[];
  subject?: string;
}

export interface LinkStatsParams {
  /** Days of Asia/Shanghai, both included; the last seven, if not given. */
  from?: string;
  until?: string;
  by?: LinkStats['by'];
  split?: LinkStats['split'];
}

export class Links {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  create(link: NewLink, options?: CallOptions): Promise<Link> {
    return call(this.#transport, { method: 'POST', path: '/v1/links', body: link }, options);
  }
  /** All of them, in order, or none: where one is wrong, the error's `param` names it. */
  async createMany(links: NewLink[], options?: CallOptions): Promise<Link[]> {
    const request = { method: 'POST', path: '/v1/links/bulk', body: { links } } as const;
    return (await call<{ data: Link[] }>(this.#transport, request, options)).data;
  }
  get(id: string, options?: CallOptions): Promise<Link> {
    return call(this.#transport, { method: 'GET', path: at('/v1/links', id) }, options);
  }
  list(params: ListParams & { state?: Link['state'] } = {}, options?: CallOptions): List<Link> {
    return list(this.#transport, '/v1/links', params, options);
  }
  /**
   * What is left out stays; every change is a new version. With the `version` that you have read as `from_version`, what somebody else has changed
   * meanwhile is not overwritten: the call fails with `link_version_outdated`.
   */
  update(id: string, change: Partial<LinkContent> & { from_version?: number }, options?: CallOptions): Promise<Link> {
    return call(this.#transport, { method: 'PATCH', path: at('/v1/links', id), body: change }, options);
  }
  /** Who opens it then reads that it is no longer there. */
  stop(id: string, why: { reason?: string; from_version?: number } = {}, options?: CallOptions): Promise<Link> {
    const body = { state: 'stopped', ...why };
    return call(this.#transport, { method: 'PATCH', path: at('/v1/links', id), body }, options);
  }
  resume(id: string, options?: CallOptions): Promise<Link> {
    return call(this.#transport, { method: 'PATCH', path: at('/v1/links', id), body: { state: 'active' } }, options);
  }
  /** Newest first: what it said, who wrote it, when. */
  async versions(id: string, options?: CallOptions): Promise<LinkVersion[]> {
    const request = { method: 'GET', path: at('/v1/links', id, '/versions') } as const;
    return (await call<{ data: LinkVersion[] }>(this.#transport, request, options)).data;
  }
  /** How often it was opened, by how many people, in which apps, and what was paid by it. */
  stats(id: string, params: LinkStatsParams = {}, options?: CallOptions): Promise<LinkStats> {
    return call(this.#transport, { method: 'GET', path: at('/v1/links', id, '/stats'), query: params }, options);
  }
}

export class LinkHosts {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  /** `target`: your links may lead to its pages. `serve`: it points to Hutong, and your links are served under it. */
  add(host: { host: string; uses: LinkHost['uses'] }, options?: CallOptions): Promise<LinkHost> {
    return call(this.#transport, { method: 'POST', path: '/v1/link-hosts', body: host }, options);
  }
  /** Looks now whether the proof is there. */
  prove(id: string, options?: CallOptions): Promise<LinkHost> {
    return call(this.#transport, { method: 'POST', path: at('/v1/link-hosts', id, '/prove'), body: {} }, options);
  }
  /** All of them: they are few. */
  list(options?: CallOptions): List<LinkHost> {
    return list(this.#transport, '/v1/link-hosts', {}, options);
  }
  /** All files that a serving host shows at its root from now on, such as `MP_verify_….txt` of WeChat; an empty list is nothing. */
  setFiles(id: string, files: LinkHost['files'], options?: CallOptions): Promise<LinkHost> {
    return call(this.#transport, { method: 'PATCH', path: at('/v1/link-hosts', id), body: { files } }, options);
  }
  async remove(id: string, options?: CallOptions): Promise<void> {
    await this.#transport.call({ method: 'DELETE', path: at('/v1/link-hosts', id) }, options);
  }
}

export interface NewLinkApp {
  name: string;
  settings: LinkAppSettings;
  /** Of a `wechat_account`, for share cards; it is never told again. */
  secret?: string;
}

export class LinkApps {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  add(app: NewLinkApp, options?: CallOptions): Promise<LinkApp> {
    return call(this.#transport, { method: 'POST', path: '/v1/link-apps', body: app }, options);
  }
  /** What is left out stays; settings are given whole. */
  change(id: string, app: Partial<NewLinkApp>, options?: CallOptions): Promise<LinkApp> {
    return call(this.#transport, { method: 'PATCH', path: at('/v1/link-apps', id), body: app }, options);
  }
  /** All of them: they are few. */
  list(options?: CallOptions): List<LinkApp> {
    return list(this.#transport, '/v1/link-apps', {}, options);
  }
  async remove(id: string, options?: CallOptions): Promise<void> {
    await this.#transport.call({ method: 'DELETE', path: at('/v1/link-apps', id) }, options);
  }
}

export class LinkTexts {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  /** What a text is that somebody copied in an app: whose, its token and link, and where it leads if it is one of ours. */
  read(text: string, options?: CallOptions): Promise<LinkText> {
    return call(this.#transport, { method: 'POST', path: '/v1/link-texts/read', body: { text } }, options);
  }
}

export class LinkPreviews {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  /** What a page says of itself, to fill in a link before it is made; `note` says why where it could not be seen. */
  read(url: string, options?: CallOptions): Promise<LinkPreview> {
    return call(this.#transport, { method: 'POST', path: '/v1/link-previews/read', body: { url } }, options);
  }
}

export class LinkDeferrals {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }
  /** For your app after it was installed: the link that the code stands for, once. Ask the person before you open it. */
  claim(code: string, options?: CallOptions): Promise<LinkDeferral> {
    return call(this.#transport, { method: 'POST', path: '/v1/link-deferrals/claim', body: { code } }, options);
  }
}
