import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { BODY_BYTES_MAX } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { rootDir } from '../../base/root.ts';
import { guardControl } from '../wallets/ground/control-routes.ts';
import { registerPageAssets } from '../page-base/page-assets.ts';
import { sendPage } from '../wallets/ground/page.ts';
import { readLanguage } from '../wallets/ground/page-text.ts';
import { Inbox, type PhoneMessage } from './inbox.ts';
import { inboxPage, phonesPage } from './phone-html.ts';
import { receiveMessage } from './receive-message.ts';

export interface PhoneSandboxOptions {
  /** 0 picks a free one. */
  port: number;
  clock: Clock;
  random: Random;
  log: Log;
  /** `whsec_` and base64; made up when left out. */
  secret?: string;
}

/** Every phone that a message can be sent to, in one browser page. Messages live as long as the process. */
export interface PhoneSandbox {
  /** What people open, without a slash at the end; one phone's messages are at `{url}/{phone}`. */
  url: string;
  port: number;
  /** Where messages are posted: what `HUTONG_SMS_URL` would be. */
  smsUrl: string;
  /** `whsec_…`, shared with whoever sends. */
  secret: string;
  /** Oldest first. */
  messagesTo(phone: string): PhoneMessage[];
  /** Answers this status to every message and takes none in, until it is told `null`. */
  setFault(status: number | null): void;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const SECRET_BYTES = 32;
const PHONE = /^1\d{10}$/;
const ASSETS_DIR = join(rootDir, 'src', 'sandbox', 'phone', 'assets');

/** A gateway for short messages and all the phones behind it. @throws the server's own error when the port is taken */
export async function startPhoneSandbox(options: PhoneSandboxOptions): Promise<PhoneSandbox> {
  const { clock, random, log } = options;
  const secret = options.secret ?? `whsec_${random.bytes(SECRET_BYTES).toString('base64')}`;
  const inbox = new Inbox();
  let faultStatus: number | null = null;
  const app = fastify({ logger: false, bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_: unknown, body: unknown) => body);
  guardControl(app);
  app.post('/messages', async (request, reply) => {
    if (faultStatus !== null) return reply.status(faultStatus).send();
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const status = receiveMessage({ inbox, clock, secret }, request.headers, body);
    // Neither the phone nor the text: a log is no place for a code.
    if (status !== 204) log.warn({ status }, 'a message to a pretend phone was refused');
    return await reply.status(status).send();
  });
  await registerPages(app, inbox);
  // For scripts and the command line, which have no eyes for a page.
  app.get<Asked>('/sandbox/messages/:phone', ({ params: { phone } }, reply) => {
    if (!PHONE.test(phone)) throw new RangeError('a phone number has 11 digits and begins with 1');
    const data = inbox.listTo(phone).map(({ id, text, lang, at }) => ({ id, text, lang, at: at.toISOString() }));
    return reply.header('cache-control', 'no-store').send({ data });
  });
  await app.listen({ host: HOST, port: options.port });
  const address = app.server.address();
  const port = address !== null && typeof address === 'object' ? address.port : options.port;
  const url = `http://${HOST}:${port}`;
  let stopped: Promise<void> | null = null;
  return {
    url,
    port,
    smsUrl: `${url}/messages`,
    secret,
    messagesTo: (phone) => inbox.listTo(phone),
    setFault: (status) => {
      faultStatus = status;
    },
    stop: () => (stopped ??= app.close()),
  };
}

interface Asked {
  Querystring: { lang?: string };
  Params: { phone: string };
}

async function registerPages(app: FastifyInstance, inbox: Inbox): Promise<void> {
  await registerPageAssets(app, ASSETS_DIR);
  app.get<Asked>('/', (request, reply) =>
    sendPage(reply, phonesPage(readLanguage(request.query.lang), inbox.latest(), inbox.version)),
  );
  // Asked by an open page every other second: whether there is something new.
  app.get('/version', (_request, reply) => reply.header('cache-control', 'no-store').send({ version: inbox.version }));
  app.get<Asked>('/:phone', (request, reply) => {
    const { phone } = request.params;
    const language = readLanguage(request.query.lang);
    if (!PHONE.test(phone)) return reply.redirect(`/?lang=${language}`, 303);
    return sendPage(reply, inboxPage(language, phone, inbox.listTo(phone), inbox.version));
  });
}
