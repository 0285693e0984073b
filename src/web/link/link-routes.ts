import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { LANDING_BYTES_KEPT_MAX, LINK_TAP_BYTES_MAX } from '../../base/link-limits.ts';
import type { Log } from '../../base/log.ts';
import { isOurFault } from '../../base/problem.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkCounter, LinkReader, OpenEvent } from '../../links/links.ts';
import type { Abilities } from '../../links/open/ability.ts';
import { decideOpening, goneReason } from '../../links/open/decide-opening.ts';
import { STEP_KINDS } from '../../links/open/opening.ts';
import { createVisitorReader } from '../../links/open/read-visitor.ts';
import type { Warning } from '../../links/safety/reports.ts';
import { hasWechatTags } from '../../links/open/step-rules.ts';
import type { Visitor } from '../../links/visitor.ts';
import { appRow } from '../../wallets/detect/apps.ts';
import { GONE_STATUS, renderGone } from './gone-page.ts';
import { createAnswerKeeper, type KeptAnswer, toAnswer } from './keep-answers.ts';
import { linkPageHeaders } from './landing-frame.ts';
import { renderLanding } from './landing-page.ts';
import type { NoLink } from './landing-texts.ts';
import { findLink, linkBase, type LinkParams, linkPaths } from './link-address.ts';
import { NO_ROBOT, renderRobotCard } from './preview-head.ts';
import { reportHeaders } from './report-style.ts';
import { renderWarning } from './report-warning.ts';
import { mountServingRoutes } from './serving-routes.ts';
import { type ScriptPlace, wechatCspSources } from './wechat-config.ts';

export interface LinkPagesDeps {
  reader: LinkReader;
  counter: LinkCounter;
  clock: Clock;
  log: Log;
  abilities: Abilities;
  /** Where the server stands behind TLS: browsers are told to stay there. */
  publicUrl: string;
  /** What WeChat's script is told on this link's page, or null where the owner has no account at WeChat. */
  wechat: ((ready: ReadyLink, lang: Lang) => Html | null) | null;
  /** Where WeChat's script comes from; WeChat itself where left out. */
  wechatPlace?: ScriptPlace;
  /** What is to be said before a link goes on, from memory; left out where nobody is warned of anything. */
  warningOf?: (ready: ReadyLink) => Warning | null;
}

type LinkRequest = FastifyRequest<LinkParams>;

const LANGS = ['zh-CN', 'en'] as const satisfies readonly Lang[];

/**
 * Where links are opened: `/l/<code>` and, under a merchant's own host, `/<code>`. A link in memory is answered without waiting for anything:
 * its page was drawn and packed before, for every place that it was opened in.
 */
export function linkRoutes(deps: LinkPagesDeps) {
  const { reader, counter, clock, log } = deps;
  const readVisitor = createVisitorReader();
  const keep = createAnswerKeeper(LANDING_BYTES_KEPT_MAX);
  const always: Record<string, string> = deps.publicUrl.startsWith('https:')
    ? { 'strict-transport-security': 'max-age=31536000' }
    : {};
  const pageHeaders = { ...linkPageHeaders([]), ...always };
  const gone = makeGoneAnswers(pageHeaders);

  return function mount(app: FastifyInstance): Promise<void> {
    app.addContentTypeParser(
      'text/plain',
      { parseAs: 'string', bodyLimit: LINK_TAP_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    app.setErrorHandler((error, request, reply) => {
      if (isOurFault(error)) log.error({ requestId: request.id, error }, 'a link could not be opened');
      send(request, reply, gone(isOurFault(error) ? 'busy' : 'unknown', langOf(request, visitorOf(request))));
    });
    for (const url of linkPaths('')) {
      app.route<LinkParams>({ method: ['GET', 'HEAD'], url, schema: { hide: true }, handler: open });
    }
    for (const url of linkPaths('/tap'))
      app.post<LinkParams>(url, { schema: { hide: true } }, (request, reply) => tap(request, reply));
    mountServingRoutes(app, deps, (request, reply) =>
      send(request, reply, gone('unknown', langOf(request, visitorOf(request)))),
    );
    return Promise.resolve();
  };

  function open(request: LinkRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
    const found = findLink(reader, request);
    return found instanceof Promise
      ? found.then((ready) => openFound(ready, request, reply))
      : openFound(found, request, reply);
  }

  function openFound(ready: ReadyLink | null, request: LinkRequest, reply: FastifyReply): FastifyReply {
    const seen = visitorOf(request);
    const isPerson = seen.robot !== null && valueOf(request, NO_ROBOT.name) === NO_ROBOT.value;
    const visitor = isPerson ? { ...seen, robot: null } : seen;
    const lang = langOf(request, visitor);
    if (ready === null) return send(request, reply, gone('unknown', lang));
    const now = clock.now();
    const reason = goneReason(ready, now); // asked each time: a link expires while its page is kept
    if (reason !== null) return send(request, reply, gone(reason, lang));
    const warning = deps.warningOf?.(ready) ?? null;
    if (warning !== null && (warning.kind === 'blocked' || !hasReadWarning(request)))
      return send(request, reply, warn(warning, ready, lang));
    const lacksApp = valueOf(request, 'app') === 'none';
    const place = placeOf(visitor, lang, lacksApp);
    const answer = keep(ready, place, () => draw(ready, visitor, { lang, now, lacksApp }));
    // Who says to be no robot was counted as one a moment ago.
    if (answer.isOpening && !lacksApp && !isPerson && isRead(request)) count(ready, visitor, request);
    return send(request, reply, answer);
  }

  /** Robots see it, too: what people are warned of has no card. Nothing is counted before somebody goes on. */
  function warn(warning: Warning, ready: ReadyLink, lang: Lang): KeptAnswer {
    return keep(ready, ` warned ${warning.kind} ${lang}`, () => {
      const onward = `${linkBase(ready)}?${SURE}=1&lang=${lang}`;
      const status = warning.kind === 'blocked' ? 410 : 200;
      return toAnswer(status, { ...reportHeaders, ...always }, renderWarning(warning, ready, lang, onward), false);
    });
  }

  function draw(ready: ReadyLink, visitor: Visitor, how: { lang: Lang; now: Date; lacksApp: boolean }): KeptAnswer {
    const { lang, lacksApp } = how;
    const opening = decideOpening(ready, visitor, { now: how.now, abilities: deps.abilities, lacksApp });
    switch (opening.kind) {
      case 'redirect':
        return toAnswer(302, { ...always, ...REDIRECT_HEADERS, location: opening.to }, '', true);
      case 'card':
        return toAnswer(200, pageHeaders, renderRobotCard(ready, lang), true);
      case 'gone':
        return gone(opening.reason, lang);
      case 'landing': {
        const wechat = visitor.app === 'wechat' ? (deps.wechat?.(ready, lang) ?? null) : null;
        const text = renderLanding({ ready, opening, lang, app: appLabel(visitor), lacksApp, wechat });
        const scripts = wechat === null ? [] : wechatCspSources(ready, visitor, deps.wechatPlace);
        return toAnswer(
          200,
          scripts.length === 0 ? pageHeaders : { ...linkPageHeaders(scripts), ...always },
          text,
          true,
        );
      }
    }
    return opening satisfies never;
  }

  function count(ready: ReadyLink, visitor: Visitor, request: LinkRequest): void {
    const { headers } = request.raw;
    const via = valueOf(request, 'via');
    const event: OpenEvent = {
      book: ready.link.book,
      linkId: ready.link.id,
      app: visitor.app,
      os: visitor.os,
      robot: visitor.robot,
      referrerHost: referrerHost(headers.referer, ready),
      via: via === 'qr' || via === 'text' ? via : 'link',
      address: request.ip,
      userAgent: headers['user-agent'] ?? '',
    };
    counter.opened(event);
  }

  /** Told by the page itself; nobody waits for it, and it says nothing but the step's name. */
  async function tap(request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> {
    const step = STEP_KINDS.find((kind) => kind === request.body);
    const ready = await findLink(reader, request);
    if (step !== undefined && ready !== null && goneReason(ready, clock.now()) === null)
      counter.tapped({ book: ready.link.book, linkId: ready.link.id, step });
    return reply.code(204).header('cache-control', 'no-store').send();
  }

  function visitorOf({ raw: { headers } }: FastifyRequest): Visitor {
    return readVisitor(headers['user-agent'] ?? '', headers['accept-language']);
  }
}

/** In the query of somebody who has read the warning. */
const SURE = 'sure';

/** Whoever shares a link can write anything into its query: only a step from a page under this very host is one that was read. */
function hasReadWarning(request: FastifyRequest): boolean {
  if (valueOf(request, SURE) !== '1') return false;
  const { referer, host, 'sec-fetch-site': site } = request.raw.headers;
  if (site !== undefined) return site === 'same-origin';
  return referer !== undefined && URL.canParse(referer) && new URL(referer).host === host?.toLowerCase();
}

const REDIRECT_HEADERS = {
  'cache-control': 'no-store',
  // The shop knows the link by its address; who shared it with whom stays here.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const;

/** Past Fastify's own hooks, which would run for every opening: all headers are in the answer. */
function send(request: FastifyRequest, reply: FastifyReply, answer: KeptAnswer): FastifyReply {
  const { raw } = reply.hijack();
  const isPacked = answer.packedHeaders !== null && takesGzip(request.raw.headers['accept-encoding']);
  raw.writeHead(answer.status, isPacked ? (answer.packedHeaders ?? {}) : answer.headers);
  if (request.raw.method === 'HEAD') raw.end();
  else raw.end(isPacked ? answer.packed : answer.body);
  return reply;
}

/** RFC 9110, 12.5.3; whoever rules gzip out by a weight gets the plain page. */
function takesGzip(accepted: string | string[] | undefined): boolean {
  if (typeof accepted !== 'string' || !accepted.includes('gzip')) return false;
  return !accepted.includes(';') || !/gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)/.test(accepted);
}

/** Everything that a page depends on besides the link itself. */
function placeOf(visitor: Visitor, lang: Lang, lacksApp: boolean): string {
  if (visitor.robot !== null) return ` robot ${lang}`;
  const kind = `${visitor.isPhone ? 'p' : 'd'}${visitor.isMiniProgram ? 'm' : ''}${lacksApp ? 'n' : ''}`;
  const tags = visitor.app === 'wechat' && hasWechatTags(visitor.version) ? 't' : '';
  return ` ${visitor.app} ${visitor.os} ${kind}${tags} ${lang}`;
}

function langOf(request: FastifyRequest, visitor: Visitor): Lang {
  const asked = valueOf(request, 'lang');
  return LANGS.find((lang) => lang === asked) ?? visitor.lang;
}

/** Most links are opened without a query. */
function valueOf(request: FastifyRequest, name: string): unknown {
  return request.raw.url?.includes('?') === true ? (request.query as Record<string, unknown>)[name] : undefined; // any query may come
}

/** A browser that fetches ahead has not opened anything; nor has a check without a body. */
function isRead({ raw: { method, headers } }: FastifyRequest): boolean {
  const ahead = headers['sec-purpose'] ?? headers['purpose'];
  return method === 'GET' && (ahead === undefined || !String(ahead).includes('prefetch'));
}

const REFERRER_CHARS_MAX = 2048;

function referrerHost(referrer: string | undefined, { servedHost }: ReadyLink): string | null {
  if (referrer === undefined || referrer.length > REFERRER_CHARS_MAX || !URL.canParse(referrer)) return null;
  const { host, protocol } = new URL(referrer);
  return /^https?:$/.test(protocol) && host !== '' && host !== servedHost ? host : null;
}

function appLabel({ app }: Visitor): { 'zh-CN': string; en: string } | null {
  if (app === 'browser' || app === 'other_app') return null;
  const { zh, en } = appRow(app);
  return { 'zh-CN': zh, en };
}

function makeGoneAnswers(headers: Record<string, string>): (reason: NoLink, lang: Lang) => KeptAnswer {
  const kept = new Map<string, KeptAnswer>();
  return (reason, lang) => {
    const name = `${reason} ${lang}`;
    const answer = kept.get(name) ?? toAnswer(GONE_STATUS[reason], headers, renderGone(reason, lang), false);
    kept.set(name, answer);
    return answer;
  };
}
