import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FORM_BYTES_MAX } from '../base/limits.ts';
import { isOurFault, toProblem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { answerAsset } from '../base/static-assets.ts';
import { ASSET_PREFIX, assets } from './assets.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { renderFault, renderSignedOut } from './enter-page.ts';
import { mountEnterRoutes } from './enter-routes.ts';
import { PAGE_HEADERS } from './headers.ts';
import { mountHomeRoutes } from './home-routes.ts';
import { mountHostFileRoutes } from './host-file-routes.ts';
import { mountHostRoutes } from './host-routes.ts';
import { mountLinkEditRoutes } from './link-edit-routes.ts';
import { mountNewLinkRoutes } from './link-new-routes.ts';
import { mountLinkRoutes } from './link-routes.ts';
import { mountOfferRoutes } from './offer-routes.ts';
import { mountReportRoutes } from './report-routes.ts';
import { mountRolloutRoutes } from './rollout-routes.ts';
import { sayIn } from './say.ts';
import { keepLang, langOf, queryOf } from './visitor.ts';
import { mountWhyRoutes } from './why-routes.ts';

/** The operator's pages, all under /console: what runs, what needs a hand, and the buttons. */
export function consoleRoutes(deps: ConsoleDeps) {
  return async function mount(server: FastifyInstance): Promise<void> {
    await server.register(
      (app) => {
        app.addContentTypeParser(
          'application/x-www-form-urlencoded',
          { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
          (_request, body, done) => done(null, body),
        );
        app.setErrorHandler((error, request, reply) => answerFault(error, request, reply, deps));
        app.setNotFoundHandler((request, reply) =>
          answerFault(new Refusal('not_found', 'there is no such page'), request, reply, deps),
        );
        // A language that was asked for by name stays.
        app.addHook('onRequest', (request, reply, done) => {
          if (queryOf(request, 'lang') !== null) keepLang(deps, reply, langOf(request));
          done();
        });
        app.get(`${ASSET_PREFIX.slice('/console'.length)}*`, { schema: { hide: true } }, async (request, reply) => {
          const asset = assets.get(request.url.split('?')[0] ?? '');
          if (asset === undefined) throw new Refusal('not_found', 'there is no such file');
          const answer = await answerAsset(asset, request.headers['accept-encoding'] ?? '');
          return reply.headers(answer.headers).send(answer.body);
        });
        mountEnterRoutes(app, deps);
        mountHomeRoutes(app, deps);
        mountRolloutRoutes(app, deps);
        mountOfferRoutes(app, deps);
        mountWhyRoutes(app, deps);
        if (deps.links !== undefined) {
          mountNewLinkRoutes(app, deps, deps.links);
          mountLinkEditRoutes(app, deps, deps.links);
          mountLinkRoutes(app, deps, deps.links);
          mountReportRoutes(app, deps, deps.links);
          mountHostRoutes(app, deps, deps.links);
          mountHostFileRoutes(app, deps, deps.links);
        }
        return Promise.resolve();
      },
      { prefix: '/console' },
    );
  };
}

/** People get a page, not a problem document; the status is the same. What a refusal says to programs stands below. */
function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply, { log }: ConsoleDeps): FastifyReply {
  const { status, headers } = toProblem(error, request.id);
  if (isOurFault(error)) log.error({ requestId: request.id, error }, 'a page of the console failed');
  const lang = langOf(request);
  const retry = headers['retry-after'];
  reply.code(status).headers({ ...PAGE_HEADERS, ...(retry === undefined ? {} : { 'retry-after': retry }) });
  if (error instanceof Refusal && error.code === 'signed_out') return reply.send(renderSignedOut(lang));
  return reply.send(renderFault(lang, { ...tellFault(error, lang), id: status >= 500 ? request.id : null }));
}

function tellFault(error: unknown, lang: 'zh-CN' | 'en'): { title: string; text: string } {
  const say = sayIn(lang);
  const nothing = say('什么都没有改变。', 'Nothing was changed.');
  if (!(error instanceof Refusal))
    return {
      title: say('出错了', 'Something went wrong'),
      text: say('错误已记录，请稍后再试。', 'It was logged; try again in a moment.'),
    };
  if (error.code === 'not_found')
    return {
      title: say('没有这个页面', 'There is no such page'),
      text: say('它不存在，或地址不完整。', 'It is not there, or the address is not whole.'),
    };
  if (error.code === 'too_many_tries')
    return { title: say('请慢一点', 'More slowly, please'), text: say('一分钟后再试。', 'Try again in a minute.') };
  if (error.facts['in'] === 'origin' || error.facts.param === 'token')
    return {
      title: say('这个表单不是从运营台发出的', 'This form was not sent by the console'),
      text: say(
        `${nothing}请用 console link 给出的地址打开运营台，再试一次。`,
        `${nothing} Open the console at the address that console link prints, and try again.`,
      ),
    };
  return { title: say('没有执行', 'Not done'), text: `${nothing} ${error.message}` };
}
