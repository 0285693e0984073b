import type { FastifyInstance, FastifyReply } from 'fastify';
import { LINK_HOST_FILES_MAX } from '../base/link-limits.ts';
import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { proofFileKindOf, readProofFile } from '../links/hosts/proof-file-kinds.ts';
import type { LinkHost, ProofFile } from '../links/link.ts';
import type { ConsoleDeps, ConsoleLinks } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { type HostFiles, renderHostFiles } from './host-files-page.ts';
import { PROOF_FILES } from './link-words.ts';
import { operatorOf, queryOf, signedForm, type Visitor, visitorOf } from './visitor.ts';

const hidden = { schema: { hide: true } } as const;
const BLANK: ProofFile = { name: '', content: '' };

interface HostParams {
  Params: { id: string };
}

/** The proof files of a host: seen, put there, taken away. */
export function mountHostFileRoutes(app: FastifyInstance, deps: ConsoleDeps, { desk }: ConsoleLinks): void {
  app.get<HostParams>('/hosts/:id/files', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const host = await find(visitor, request.params.id, queryOf(request, 'merchant'));
    const done = doneText(visitor, queryOf(request, 'done'));
    return send(reply, visitor, 200, { host, typed: BLANK, fault: null, done });
  });

  app.post<HostParams>('/hosts/:id/files', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const host = await find(visitor, request.params.id, form('merchant'));
    const typed = { name: form('name')?.trim() ?? '', content: form('content') ?? '' };
    const again = (fault: string): FastifyReply => send(reply, visitor, 422, { host, typed, fault, done: null });
    const fault = faultOf(visitor, typed);
    if (fault !== null) return again(fault);
    try {
      await desk.changeHostFiles({ actor: operatorOf(visitor.session), id: host.id, drop: [], put: [typed] });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'invalid_request') throw error;
      return again(refusedText(visitor, host));
    }
    return goTo(reply, host, 'put');
  });

  app.post<HostParams>('/hosts/:id/files/drop', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const host = await find(visitor, request.params.id, form('merchant'));
    const drop = [form('name') ?? ''];
    try {
      await desk.changeHostFiles({ actor: operatorOf(visitor.session), id: host.id, drop, put: [] });
    } catch (error) {
      // Somebody else was first: it is not there any more, which is what was wanted.
      if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
    }
    return goTo(reply, host, 'dropped');
  });

  /** @throws Refusal not_found */
  async function find(visitor: Visitor, id: string, merchantId: string | null): Promise<LinkHost> {
    const isShop = merchantId !== null && isId('mer', merchantId);
    const hosts = isShop ? await desk.listHosts(operatorOf(visitor.session), merchantId) : [];
    const host = hosts.find((one) => one.id === id);
    if (host === undefined) throw new Refusal('not_found', 'there is no such host');
    return host;
  }
}

function send(reply: FastifyReply, visitor: Visitor, status: number, page: HostFiles): FastifyReply {
  return reply.code(status).headers(PAGE_HEADERS).send(renderHostFiles(visitor, page));
}

function goTo(reply: FastifyReply, { id, merchantId }: LinkHost, done: string): FastifyReply {
  return reply.headers(PAGE_HEADERS).redirect(`/console/hosts/${id}/files?merchant=${merchantId}&done=${done}`, 303);
}

/** Why the file is none that a platform looks for, in the operator's words; null where it is one. */
function faultOf({ say, lang }: Visitor, file: ProofFile): string | null {
  const read = readProofFile(file);
  if (!('reason' in read)) return null;
  const kind = proofFileKindOf(file.name);
  if (kind === null)
    return say(
      '没有平台要看叫这个名字的文件。名字要和平台给的一字不差，如 MP_verify_….txt。',
      'No platform is known to look for a file of this name. It must be exactly as the platform gave it, such as MP_verify_….txt.',
    );
  const asker = PROOF_FILES[kind.kind]?.[lang] ?? kind.for;
  return say(`内容不是「${asker}」要的。`, `The content is not what is asked for: ${asker}.`);
}

/** What else can be in the way of a file that is one. */
function refusedText({ say }: Visitor, { uses }: LinkHost): string {
  return uses.includes('serve')
    ? say(
        `最多 ${LINK_HOST_FILES_MAX} 个文件，请先移除一个。`,
        `There are at most ${LINK_HOST_FILES_MAX} files. Remove one first.`,
      )
    : say(
        '短链接不在这个域名下面，它的页面不归我们。',
        'No short links are served under this host: its pages are not ours.',
      );
}

function doneText({ say }: Visitor, done: string | null): string | null {
  const texts: Readonly<Record<string, string>> = {
    put: say('文件放上了', 'The file is there'),
    dropped: say('文件移除了', 'The file is removed'),
  };
  return done !== null && Object.hasOwn(texts, done) ? (texts[done] ?? null) : null;
}
