import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { ASSOCIATION_KEPT_MS } from '../../base/link-limits.ts';
import type { LinkReader } from '../../links/links.ts';
import { buildAppleAssociation, buildAssetLinks } from '../../links/open/association-files.ts';

export interface ServingDeps {
  reader: LinkReader;
  clock: Clock;
}

type HostRequest = FastifyRequest<{ Params: { host?: string } }>;

const FILES = ['apple-app-site-association', 'assetlinks.json'] as const;
type FileName = (typeof FILES)[number];

/**
 * What stands under a host that serves a merchant's links besides the links: the files by which its apps claim the host, and those by which
 * platforms such as WeChat believe whose it is. Everything else there
 * is not found, whatever it is called under our own address.
 *
 * Our own address claims no app. Every merchant's links stand there, and a file cannot tell one code's merchant from another's: an app that was
 * let in would be handed the links, and on Android the cashier, of all the others.
 */
export function mountServingRoutes(
  app: FastifyInstance,
  { reader, clock }: ServingDeps,
  answerUnknown: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  const kept = new Map<string, { untilMs: number; body: Buffer }>();

  for (const name of FILES) {
    for (const prefix of ['', '/l-at/:host'])
      app.get<{ Params: { host?: string } }>(`${prefix}/.well-known/${name}`, hidden, (request, reply) =>
        sendFile(request, reply, name),
      );
  }
  app.route<{ Params: { host: string; file: string } }>({
    method: ['GET', 'HEAD'],
    url: '/l-at/:host/:file(^[A-Za-z0-9_-]+\\.(?:txt|html)$)',
    ...hidden,
    handler: sendProofFile,
  });
  app.route({ method: ['GET', 'HEAD'], url: '/l-at/:host/*', ...hidden, handler: answerUnknown });

  /** Apple: application/json, over https, no redirect. */
  function sendFile(request: HostRequest, reply: FastifyReply, name: FileName): FastifyReply {
    return reply
      .header('content-type', 'application/json')
      .header('cache-control', `public, max-age=${FILE_SECONDS}`)
      .send(bodyOf(request.params.host ?? null, name));
  }

  /** What the host's owner has put there, byte for byte: some platforms compare, so nothing is added. */
  function sendProofFile(
    request: FastifyRequest<{ Params: { host: string; file: string } }>,
    reply: FastifyReply,
  ): FastifyReply {
    const { host, file: name } = request.params;
    const file = reader.servingHost(host)?.files.find((each) => each.name === name);
    if (file === undefined) return answerUnknown(request, reply);
    const type = name.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
    return reply.headers({ 'content-type': type, ...PROOF_HEADERS }).send(file.content);
  }

  function bodyOf(host: string | null, name: FileName): Buffer {
    const nowMs = clock.now().getTime();
    const key = `${host ?? ''} ${name}`;
    const known = kept.get(key);
    if (known !== undefined && known.untilMs > nowMs && known.untilMs <= nowMs + ASSOCIATION_KEPT_MS) return known.body;
    const apps = host === null ? [] : reader.appsOfHost(host);
    const file = name === 'assetlinks.json' ? buildAssetLinks(apps) : buildAppleAssociation(apps);
    const body = Buffer.from(JSON.stringify(file)); // as bytes: to a text a charset would be added, which the type does not have
    kept.set(key, { untilMs: nowMs + ASSOCIATION_KEPT_MS, body });
    return body;
  }
}

/** A page of it can do nothing; what is no longer there is soon gone. */
const PROOF_HEADERS = {
  'cache-control': 'public, max-age=60',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

const hidden = { schema: { hide: true } } as const;

/** Apple's and Google's own services keep it longer than this anyway. */
const FILE_SECONDS = 300;
