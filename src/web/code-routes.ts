import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { QR_NOTE_CHARS_MAX } from '../base/limits.ts';
import { readForm } from '../base/read-form.ts';
import { Refusal } from '../base/refusal.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { openQrCode, payQrCode, type ScannedCode } from '../cashier/pay-qr-code.ts';
import { formatMinor, formatMoney, money } from '../money/money.ts';
import { type CodePage, renderCodePage } from './code-page.ts';
import { codeWallets } from '../cashier/code-wallets.ts';
import { codeTexts } from './code-texts.ts';
import { langOf, queryOf } from './page-request.ts';
import { findWhereabouts, toPlace } from './place.ts';
import { readAmount } from '../money/read-amount.ts';
import { securityHeaders } from './security-headers.ts';

interface CodeParams {
  Params: { code: string };
}

const NONCE_BYTES = 16;

/** The pages behind a shop's printed code: type the amount, then the cashier of a new payment. */
export function mountCodeRoutes(app: FastifyInstance, cashier: Cashier): void {
  const { deps } = cashier;

  app.get<CodeParams>('/q/:code', hidden, async (request, reply) => {
    const scanned = await openQrCode(cashier, request.params.code);
    return await sendPage(request, reply, scanned, {});
  });

  app.post<CodeParams>('/q/:code', hidden, async (request, reply) => {
    const scanned = await openQrCode(cashier, request.params.code);
    const form = readForm(request.body);
    const typed = { amount: form('amount') ?? '', note: cleanNote(form('note') ?? '') };
    const text = codeTexts[langOf(request)];
    const nonce = form('nonce') ?? '';
    if (!/^[0-9a-f]{32}$/.test(nonce)) throw new Refusal('invalid_request', 'send the form of this page');
    const reading = readAmount(typed.amount, scanned.code.currency);
    const isFixed = scanned.code.amountMinor !== null;
    const amountFault = !isFixed && reading.kind === 'fault' ? text.faults[reading.fault] : null;
    const isTooLong = Array.from(typed.note).length > QR_NOTE_CHARS_MAX;
    const noteFault = isTooLong ? text.noteTooLong(QR_NOTE_CHARS_MAX) : null;
    if (amountFault !== null || noteFault !== null)
      return await sendPage(request, reply.code(400), scanned, { typed, amountFault, noteFault });
    const { path } = await payQrCode(cashier, {
      scanned,
      amountMinor: reading.kind === 'amount' ? reading.amount.minor : null,
      note: typed.note,
      nonce,
    });
    return reply.header('cache-control', 'no-store').redirect(`${path}?${carried(request, scanned.livemode)}`, 303);
  });

  async function sendPage(
    request: FastifyRequest,
    reply: FastifyReply,
    scanned: ScannedCode,
    answer: Partial<Pick<CodePage, 'typed' | 'amountFault' | 'noteFault'>>,
  ): Promise<FastifyReply> {
    const { code, livemode, merchantName } = scanned;
    const path = `/q/${code.id}`;
    const where = findWhereabouts(request.headers['user-agent'] ?? '', livemode ? null : queryOf(request, 'as'));
    const page = renderCodePage({
      lang: langOf(request),
      path,
      actionUrl: `${path}?${carried(request, scanned.livemode)}`,
      livemode,
      place: toPlace(where),
      merchantName,
      label: code.label,
      currencySign: formatMoney(money(code.currency, 0n)).replace(formatMinor(money(code.currency, 0n)), ''),
      fixedAmount: code.amountMinor === null ? null : formatMoney(money(code.currency, code.amountMinor)),
      typed: { amount: '', note: '' },
      amountFault: null,
      noteFault: null,
      noteCharsMax: QR_NOTE_CHARS_MAX,
      nonce: deps.random.bytes(NONCE_BYTES).toString('hex'),
      wallets: await codeWallets(cashier, code),
      ...answer,
    });
    return reply.headers(securityHeaders([])).send(page);
  }
}

const hidden = { schema: { hide: true } } as const;

/** What the cashier page is to know as well: the language, and in test mode the place to stand in for. */
export function carried(request: FastifyRequest, livemode: boolean): string {
  const as = livemode ? null : findWhereabouts('', queryOf(request, 'as')).standsInFor;
  return new URLSearchParams({ lang: langOf(request), ...(as === null ? {} : { as }) }).toString();
}

/** One line of plain text: it goes to wallets as what is bought. */
export function cleanNote(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}
