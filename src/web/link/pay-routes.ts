import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LINK_PAYER_NAME_CHARS_MAX } from '../../base/link-limits.ts';
import { FORM_BYTES_MAX, QR_NOTE_CHARS_MAX } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { readForm } from '../../base/read-form.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Clock } from '../../base/clock.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';
import { cleanName } from '../../links/pay/clean-name.ts';
import type { PayLinks, PayOutcome } from '../../links/pay/pay-links.ts';
import type { Terms } from '../../links/pay/terms.ts';
import { formatMinor, formatMoney, money } from '../../money/money.ts';
import { readAmount } from '../../money/read-amount.ts';
import { answerMessage } from '../buyer-routes.ts';
import { carried, cleanNote } from '../code-routes.ts';
import { codeTexts } from '../code-texts.ts';
import { langOf, queryOf } from '../page-request.ts';
import { findWhereabouts, toPlace } from '../place.ts';
import { securityHeaders } from '../security-headers.ts';
import { type GroupPage, renderGroupPage } from './group-page.ts';
import { isLinkCode, findLink, type LinkParams, linkPaths } from './link-address.ts';
import { type PayFrame, type PayPage, renderNoticePage, renderOutcomePage, renderPayPage } from './pay-page.ts';
import { type PayNotice, payTexts } from './pay-texts.ts';

export interface LinkPayRoutesDeps {
  clock: Clock;
  random: Random;
  log: Log;
  book: number;
  publicUrl: string;
  /** Hutong Wallet's address, where people pay people; null where there is none. */
  walletUrl: string | null;
  reader: LinkReader;
  payLinks: PayLinks;
  /** Whether the operator lets nobody go on from this link. */
  isBlocked: (ready: ReadyLink) => boolean;
}

const NONCE_BYTES = 16;
/** No order number of a payment is longer. */
const ORDER_NO_CHARS_MAX = 64;
const NONE: PayOutcome = { kind: 'none' };
const hidden = { schema: { hide: true } } as const;
/** What is told on the link's own page when it cannot be paid just now. */
const NOTICES: Partial<Record<string, PayNotice>> = {
  link_paid: 'paid',
  link_busy: 'busy',
  order_no_taken: 'order_taken',
  link_payment_over: 'over',
};

interface OpenLink {
  ready: ReadyLink;
  terms: Terms;
}

/** What takes no payment; its terms are known where there ever was such a link. */
interface ShutLink {
  notice: 'gone' | 'ended';
  terms: Terms | null;
}

/** What was typed, when it is shown again with what is wrong with it. */
interface Answer {
  pay?: Partial<Pick<PayPage, 'typed' | 'amountFault' | 'noteFault'>>;
  group?: Partial<Pick<GroupPage, 'typed' | 'nameFault' | 'shareFault'>>;
  notice?: PayNotice;
}

/** The pages behind the main button of a link that asks for money. They stand at our own address whichever host serves the link. */
export function linkPayRoutes(deps: LinkPayRoutesDeps) {
  const { reader, payLinks, publicUrl } = deps;
  const [own, served] = linkPaths('/pay');

  return function mount(app: FastifyInstance): Promise<void> {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    app.setErrorHandler((error, request, reply) => answerMessage(error, request, reply, deps.log));

    app.get<LinkParams>(served, hidden, async (request, reply) => {
      const ready = await findLink(reader, request);
      if (ready === null) return sendNotice(request, reply.code(404), 'gone');
      const lang = new URLSearchParams({ lang: langOf(request) }).toString();
      return reply.header('cache-control', 'no-store').redirect(`${publicUrl}/l/${ready.link.code}/pay?${lang}`, 302);
    });

    app.get<LinkParams>(own, hidden, async (request, reply) => {
      const found = await open(request.params.code);
      const outcome = found.terms === null ? NONE : await outcomeOf(request, found.terms);
      // Whoever has paid reads so, whatever has become of the link since.
      if ('notice' in found) {
        if (found.terms === null || outcome.kind === 'none') return sendShut(request, reply, found);
        return sendOutcome(request, reply, found.terms, outcome, null);
      }
      if (found.terms.kind === 'collect') return toWallet(request, reply, found.terms);
      return await sendPage(request, reply, found, {}, outcome);
    });

    app.post<LinkParams>(own, hidden, async (request, reply) => {
      // Browsers say so themselves (Fetch Metadata): no strange page takes somebody's place.
      if (request.headers['sec-fetch-site'] === 'cross-site')
        throw new Refusal('foreign_site', 'send the form of this page');
      const found = await open(request.params.code);
      if ('notice' in found) return sendShut(request, reply, found);
      const form = readForm(request.body);
      const nonce = form('nonce') ?? '';
      if (found.terms.kind === 'collect' || !/^[0-9a-f]{32}$/.test(nonce))
        throw new Refusal('invalid_request', 'send the form of this page');
      return found.terms.kind === 'group'
        ? await payShare(request, reply, found, { nonce, name: form('name') ?? '', place: form('place') ?? '' })
        : await payOnce(request, reply, found, {
            nonce,
            amount: form('amount') ?? '',
            note: cleanNote(form('note') ?? ''),
          });
    });
    return Promise.resolve();
  };

  /** What the code stands for, if it can be paid. */
  async function open(code: string): Promise<OpenLink | ShutLink> {
    const terms = isLinkCode(code) ? await payLinks.termsOf(code) : null;
    const ready = terms === null ? null : await reader.findById(deps.book, terms.linkId);
    if (terms === null || ready === null || deps.isBlocked(ready)) return { notice: 'gone', terms };
    const { state, expiresAt } = ready.link;
    const isOver = state !== 'active' || (expiresAt !== null && expiresAt <= deps.clock.now());
    return isOver ? { notice: 'ended', terms } : { ready, terms };
  }

  /** What became of the payment from whose cashier the buyer comes back. */
  async function outcomeOf(request: FastifyRequest, terms: Terms): Promise<PayOutcome> {
    const orderNo = queryOf(request, 'back') ?? '';
    return orderNo === '' || orderNo.length > ORDER_NO_CHARS_MAX ? NONE : await payLinks.outcomeOf(terms, orderNo);
  }

  async function payOnce(
    request: FastifyRequest,
    reply: FastifyReply,
    found: OpenLink,
    sent: { nonce: string; amount: string; note: string },
  ): Promise<FastifyReply> {
    const { terms } = found;
    const lang = langOf(request);
    const reading = readAmount(sent.amount, terms.currency);
    const typed = { amount: sent.amount, note: sent.note };
    const isLong = Array.from(sent.note).length > QR_NOTE_CHARS_MAX;
    const noteFault = isLong ? codeTexts[lang].noteTooLong(QR_NOTE_CHARS_MAX) : null;
    const amountMinor = reading.kind === 'amount' ? reading.amount.minor : null;
    const amountFault = terms.amountMinor !== null ? null : faultOf();
    if (amountFault !== null || noteFault !== null)
      return await sendPage(request, reply.code(400), found, { pay: { typed, amountFault, noteFault } });
    const wish = { nonce: sent.nonce, note: sent.note, amountMinor, placeNo: null, payerName: null };
    return await pay(request, reply, found, wish, { pay: { typed } });

    function faultOf(): string | null {
      if (reading.kind === 'fault') return codeTexts[lang].faults[reading.fault];
      const { minMinor, maxMinor } = terms;
      if (amountMinor === null || minMinor === null || maxMinor === null) return null;
      const isIn = amountMinor >= minMinor && amountMinor <= maxMinor;
      return isIn ? null : payTexts[lang].outOfRange(show(terms, minMinor), show(terms, maxMinor));
    }
  }

  async function payShare(
    request: FastifyRequest,
    reply: FastifyReply,
    found: OpenLink,
    sent: { nonce: string; name: string; place: string },
  ): Promise<FastifyReply> {
    const text = payTexts[langOf(request)];
    const isNamed = found.terms.shares.some(({ name }) => name !== null);
    const placeNo = /^[1-9]\d{0,3}$/.test(sent.place) ? Number(sent.place) : null;
    const payerName = isNamed ? null : cleanName(sent.name);
    const typed = { name: sent.name, placeNo };
    if (isNamed && found.terms.shares.every((share) => share.placeNo !== placeNo))
      return await sendPage(request, reply.code(400), found, { group: { typed, shareFault: text.chooseFault } });
    if (!isNamed && payerName === null)
      return await sendPage(request, reply.code(400), found, {
        group: { typed, nameFault: text.nameFault(LINK_PAYER_NAME_CHARS_MAX) },
      });
    const wish = { nonce: sent.nonce, amountMinor: null, placeNo: isNamed ? placeNo : null, payerName, note: '' };
    return await pay(request, reply, found, wish, { group: { typed } });
  }

  /** On to the cashier of the payment, or back to the page with why there is none; what was typed stands there where it can be sent again. */
  async function pay(
    request: FastifyRequest,
    reply: FastifyReply,
    found: OpenLink,
    wish: Parameters<PayLinks['pay']>[1],
    typed: Answer,
  ): Promise<FastifyReply> {
    try {
      const { path } = await payLinks.pay(found.terms, wish);
      const query = carried(request, found.terms.livemode);
      return await reply.header('cache-control', 'no-store').redirect(`${publicUrl}${path}?${query}`, 303);
    } catch (error) {
      const notice = error instanceof Refusal ? NOTICES[error.code] : undefined;
      if (notice === undefined) throw error;
      const told = notice === 'paid' && wish.placeNo !== null ? 'share_paid' : notice;
      return await sendPage(request, reply.code(409), found, { ...(notice === 'over' ? typed : {}), notice: told });
    }
  }

  async function sendPage(
    request: FastifyRequest,
    reply: FastifyReply,
    found: OpenLink,
    answer: Answer,
    outcome: PayOutcome = NONE,
  ): Promise<FastifyReply> {
    const { terms } = found;
    const progress = await payLinks.progress(terms);
    if (terms.kind === 'group')
      return send(
        reply,
        renderGroupPage({
          ...frame(request, found, answer.notice ?? null, outcome),
          total: show(terms, terms.totalMinor ?? 0n),
          paidCount: progress.paidCount,
          openCount: progress.openCount,
          shares: progress.shares.map((share) => ({ ...share, amount: show(terms, share.amountMinor) })),
          isUneven: new Set(terms.shares.map(({ amountMinor }) => amountMinor)).size > 1,
          nameCharsMax: LINK_PAYER_NAME_CHARS_MAX,
          typed: { name: '', placeNo: null },
          nameFault: null,
          shareFault: null,
          ...answer.group,
        }),
      );
    if (outcome.kind === 'paid' || (outcome.kind === 'unclear' && progress.isComplete))
      return sendOutcome(request, reply, terms, outcome, progress.isComplete ? null : `/l/${terms.code}/pay`);
    if (progress.isComplete) return sendNotice(request, reply, 'paid');
    const { amountMinor, minMinor, maxMinor } = terms;
    return send(
      reply,
      renderPayPage({
        ...frame(request, found, answer.notice ?? null, outcome),
        currencySign: show(terms, 0n).replace(formatMinor(money(terms.currency, 0n)), ''),
        fixedAmount: amountMinor === null ? null : show(terms, amountMinor),
        // One that takes anything says no bounds.
        range:
          minMinor === null || maxMinor === null || minMinor === 1n
            ? null
            : { least: show(terms, minMinor), most: show(terms, maxMinor) },
        typed: { amount: '', note: '' },
        amountFault: null,
        noteFault: null,
        noteCharsMax: QR_NOTE_CHARS_MAX,
        ...answer.pay,
      }),
    );
  }

  function frame(
    request: FastifyRequest,
    { ready, terms }: OpenLink,
    notice: PayNotice | null,
    outcome: PayOutcome,
  ): PayFrame {
    const path = `/l/${terms.code}/pay`;
    const where = findWhereabouts(request.headers['user-agent'] ?? '', terms.livemode ? null : queryOf(request, 'as'));
    return {
      lang: langOf(request),
      path,
      actionUrl: `${path}?${carried(request, terms.livemode)}`,
      livemode: terms.livemode,
      place: toPlace(where),
      merchantName: ready.ownerName,
      subject: terms.subject,
      nonce: deps.random.bytes(NONCE_BYTES).toString('hex'),
      back: outcome.kind !== 'none' ? outcome.kind : queryOf(request, 'back') === null ? null : 'unknown',
      notice,
    };
  }

  /** People pay people in their wallet. */
  function toWallet(request: FastifyRequest, reply: FastifyReply, { code }: Terms): FastifyReply {
    if (deps.walletUrl === null) return sendNotice(request, reply.code(404), 'gone');
    return reply.header('cache-control', 'no-store').redirect(`${deps.walletUrl}/collect/${code}`, 302);
  }

  function sendNotice(request: FastifyRequest, reply: FastifyReply, notice: PayNotice): FastifyReply {
    return send(reply, renderNoticePage({ lang: langOf(request), notice }));
  }

  function sendShut(request: FastifyRequest, reply: FastifyReply, { notice }: ShutLink): FastifyReply {
    return sendNotice(request, reply.code(notice === 'gone' ? 404 : 410), notice);
  }

  /** `path` leads on from a payment that went through; one that is unclear leads to the same page again. */
  function sendOutcome(
    request: FastifyRequest,
    reply: FastifyReply,
    terms: Terms,
    outcome: Exclude<PayOutcome, { kind: 'none' }>,
    path: string | null,
  ): FastifyReply {
    const isPaid = outcome.kind === 'paid';
    const on = isPaid ? path && `${path}?${carried(request, terms.livemode)}` : request.url;
    return send(
      reply,
      renderOutcomePage({
        lang: langOf(request),
        outcome: outcome.kind,
        amount: isPaid ? show(terms, outcome.amountMinor) : null,
        path: on,
      }),
    );
  }

  /** A form of ours ends at the cashier, which may be at another address of ours than the link. */
  function send(reply: FastifyReply, page: string): FastifyReply {
    return reply.headers(securityHeaders([new URL(publicUrl).origin])).send(page);
  }
}

function show(terms: Terms, minor: bigint): string {
  return formatMoney(money(terms.currency, minor));
}
