import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { REPORT_WORDS_CHARS_MAX } from '../../base/link-limits.ts';
import { readForm } from '../../base/read-form.ts';
import { Refusal } from '../../base/refusal.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';
import { judgeHost } from '../../links/safety/host-words.ts';
import { REPORT_REASONS, type Reports } from '../../links/safety/reports.ts';
import { langOf, queryOf } from '../page-request.ts';
import { findLink, linkBase, type LinkParams, linkPaths } from './link-address.ts';
import { renderReported, renderReportPage, type ReportPage } from './report-page.ts';
import { reportHeaders } from './report-style.ts';

export interface ReportRouteDeps {
  reader: LinkReader;
  reports: Pick<Reports, 'report'>;
}

/**
 * Where anybody reports a link: a form, and the word that it has come. The app that these are mounted in reads forms as text
 * (web/buyer-routes.ts does).
 */
export function mountReportRoutes(app: FastifyInstance, { reader, reports }: ReportRouteDeps): void {
  for (const url of linkPaths('/report')) {
    app.get<LinkParams>(url, hidden, async (request, reply) => {
      const ready = await findReported(reader, request);
      if (queryOf(request, 'sent') === null) return sendPage(request, reply, ready, {});
      return reply.headers(reportHeaders).send(renderReported({ lang: langOf(request), base: linkBase(ready) }));
    });

    app.post<LinkParams>(url, hidden, async (request, reply) => {
      const ready = await findReported(reader, request);
      const form = readForm(request.body);
      const reason = REPORT_REASONS.find((each) => each === form('reason')) ?? null;
      const typed = { reason, words: form('words') ?? '', contact: form('contact') ?? '' };
      if (!isOwnPage(request)) return sendPage(request, reply.code(403), ready, { typed, fault: 'foreign' });
      if (reason === null) return sendPage(request, reply.code(400), ready, { typed, fault: 'reason' });
      if (Array.from(typed.words).length > REPORT_WORDS_CHARS_MAX)
        return sendPage(request, reply.code(400), ready, { typed, fault: 'words' });
      const { words, contact } = typed;
      const lang = langOf(request);
      const userAgent = request.headers['user-agent'] ?? '';
      try {
        await reports.report({ ready, reason, words, contact, lang, address: request.ip, userAgent });
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'too_many_tries') throw error;
        return sendPage(request, reply.code(429), ready, { typed, fault: 'tooMany' });
      }
      return reply.header('cache-control', 'no-store').redirect(`${linkBase(ready)}/report?lang=${lang}&sent=1`, 303);
    });
  }
}

const hidden = { schema: { hide: true } } as const;

/** What is taken down already needs no report. @throws Refusal not_found */
async function findReported(reader: LinkReader, request: FastifyRequest<LinkParams>): Promise<ReadyLink> {
  const ready = await findLink(reader, request);
  if (ready === null || ready.link.state === 'taken_down') throw new Refusal('not_found', 'there is no such link');
  return ready;
}

/** A browser says where a form comes from; one that says nothing is too old to be made to send one unseen. */
export function isOwnPage({ headers }: FastifyRequest): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || origin === `https://${host}` || origin === `http://${host}`;
}

function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  ready: ReadyLink,
  answer: Partial<Pick<ReportPage, 'typed' | 'fault'>>,
): FastifyReply {
  const { page } = ready.link;
  const text = renderReportPage({
    lang: langOf(request),
    base: linkBase(ready),
    title: ready.link.title,
    ownerName: ready.ownerName,
    host: page === null ? null : judgeHost(new URL(page).host).shown,
    typed: { reason: null, words: '', contact: '' },
    fault: null,
    ...answer,
  });
  return reply.headers(reportHeaders).send(text);
}
