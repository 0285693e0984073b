import { Type } from 'typebox';
import type { Cashier } from '../../cashier/cashier.ts';
import { checkReturnUrl } from '../../cashier/check-return-url.ts';
import { changeQrCode, createQrCode, getQrCode, pageQrCodes } from '../../cashier/qr-codes.ts';
import { currencies } from '../../money/money.ts';
import { type RouteRow, row } from '../route.ts';
import { amount, idOf, pageOf, pageQuery, qrCode, text } from '../schemas.ts';
import { readPage, showPage } from './payments.ts';

const closed = { additionalProperties: false } as const;
const codeParams = Type.Object({ id: idOf('qr') }, closed);

export function qrCodeRoutes(cashier: Cashier): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/qr-codes',
      operation: 'createQrCode',
      summary: 'Create a code for a shop to print: any wallet can scan it',
      tag: 'QR codes',
      scope: 'payments',
      body: Type.Object(
        {
          label: text(1, 80, 'shown to the buyer as what is paid for, such as the name of the till'),
          currency: Type.Optional(Type.Enum(currencies, { description: 'ISO 4217; CNY when left out' })),
          amount: Type.Optional(amount),
          return_url: Type.Optional(Type.String({ minLength: 8, maxLength: 500, pattern: '^https?://[!-~]+$' })),
        },
        closed,
      ),
      reply: { 201: qrCode },
      run: async ({ caller, body, claim }) =>
        await createQrCode(cashier.deps, {
          merchantId: caller.merchantId,
          label: body.label,
          currency: body.amount?.currency ?? body.currency ?? 'CNY',
          amountMinor: body.amount === undefined ? null : BigInt(body.amount.minor),
          returnUrl: body.return_url === undefined ? null : checkReturnUrl(body.return_url),
          claim,
        }),
    }),
    row({
      method: 'GET',
      url: '/v1/qr-codes',
      operation: 'listQrCodes',
      summary: 'List the codes, newest first',
      tag: 'QR codes',
      scope: 'read',
      query: Type.Object(pageQuery, closed),
      reply: { 200: pageOf(qrCode) },
      run: async ({ caller, query }) =>
        showPage(
          await pageQrCodes(cashier.deps, {
            book: caller.book,
            merchantId: caller.merchantId,
            ...readPage('qr', query),
          }),
        ),
    }),
    row({
      method: 'GET',
      url: '/v1/qr-codes/:id',
      operation: 'getQrCode',
      summary: 'Show a code',
      tag: 'QR codes',
      scope: 'read',
      params: codeParams,
      reply: { 200: qrCode },
      run: async ({ caller, params }) => ({
        status: 200,
        value: await getQrCode(cashier.deps, caller.merchantId, params.id),
      }),
    }),
    row({
      method: 'PATCH',
      url: '/v1/qr-codes/:id',
      operation: 'changeQrCode',
      summary: 'Rename a code, or switch it on or off',
      tag: 'QR codes',
      scope: 'payments',
      params: codeParams,
      body: Type.Object(
        { label: Type.Optional(text(1, 80, 'as in creation')), enabled: Type.Optional(Type.Boolean()) },
        { ...closed, minProperties: 1 },
      ),
      reply: { 200: qrCode },
      run: async ({ caller, params, body }) => ({
        status: 200,
        value: await changeQrCode(cashier.deps, {
          merchantId: caller.merchantId,
          id: params.id,
          label: body.label ?? null,
          enabled: body.enabled ?? null,
        }),
      }),
    }),
  ];
}
