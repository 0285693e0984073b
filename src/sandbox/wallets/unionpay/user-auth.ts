import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { faultCode } from '../ground/fault.ts';
import { sendUnderFault } from '../ground/send-under-fault.ts';
import type { Fields } from './form.ts';
import { type Decision, type Gateway, refuse } from './gateway.ts';

/** 银联 JS 支付: the page that a wallet's browser is sent to. It lives on qr.95516.com. */
export const USER_AUTH_PATH = '/qrcGtwWeb-web/api/userAuth';
const VERSIONS = ['1.0.0', '1.0.2'];

/** Consents by itself and sends the browser back with a one-time userAuthCode. Unsigned, as on the real one. */
export function registerUserAuth(app: FastifyInstance, gateway: Gateway): void {
  app.get<{ Querystring: { version?: string; redirectUrl?: string } }>(USER_AUTH_PATH, (request, reply) => {
    const { version = '', redirectUrl = '' } = request.query;
    const isWeb = URL.canParse(redirectUrl) && /^https?:$/.test(new URL(redirectUrl).protocol);
    if (!VERSIONS.includes(version) || !isWeb) return reply.status(400).type('text/plain').send('Invalid request.');
    const fault = gateway.faults.take('userAuth', undefined);
    return sendUnderFault(reply, fault, async () => {
      const refusal = faultCode(fault);
      // Always with a `+`, and it is not escaped: whoever decodes it as a form reads a blank.
      const code = Buffer.concat([Buffer.of(0xfb), gateway.random.bytes(23)]).toString('base64');
      if (refusal === null) gateway.grants.give(code, {});
      const said = refusal === null ? `userAuthCode=${code}&respCode=00` : `respCode=${encodeURIComponent(refusal)}`;
      const location = `${redirectUrl}${redirectUrl.includes('?') ? '&' : '?'}${said}`;
      return (to) => to.header('location', location).status(302).send();
    });
  });
}

/** Exchanges a userAuthCode for the payer's id at this merchant: newAppTransReq.do, 00/10. */
export function takeUserId(gateway: Gateway, fields: Fields): Decision {
  if (gateway.grants.take(fields.userAuthCode ?? '') === null) return refuse('80', '授权码无效');
  return { kind: 'answer', respCode: '00', fields: { appUserId: appUserIdOf(fields.merId ?? '') } };
}

/** 64 letters of base64: the same person is somebody else for every merchant. */
export function appUserIdOf(merId: string): string {
  return createHash('sha384').update(`the pretend payer|${merId}`).digest('base64');
}
