import type { FastifyInstance } from 'fastify';
import { refusedPage } from '../ground/page-html.ts';
import { sendPage } from '../ground/page.ts';
import { BRAND } from './brand.ts';
import { personOf } from './describe.ts';
import { type Call, type Decision, type Gateway, gatewayNode } from './gateway.ts';

interface Ask {
  app_id?: string;
  scope?: string;
  redirect_uri?: string;
  state?: string;
}

/** The silent login of Alipay's browser: who is logged in goes straight back with a code. */
export function registerLogin(app: FastifyInstance, gateway: Gateway): void {
  app.get<{ Querystring: Ask }>('/oauth2/publicAppAuthorize.htm', (request, reply) => {
    const { app_id = '', scope, redirect_uri = '', state } = request.query;
    const isWeb = URL.canParse(redirect_uri) && /^https?:$/.test(new URL(redirect_uri).protocol);
    if (!gateway.keys.merchants.has(app_id) || scope !== 'auth_base' || !isWeb) {
      return sendPage(reply.status(400), refusedPage(BRAND, 'isv.invalid-app-id', '授权请求无效', 'Not a login', null));
    }
    const code = gateway.random.bytes(16).toString('hex');
    gateway.grants.give(code, { appId: app_id });
    const back = new URL(redirect_uri);
    back.searchParams.set('app_id', app_id);
    back.searchParams.set('source', 'alipay_wallet');
    back.searchParams.set('scope', scope);
    back.searchParams.set('auth_code', code);
    if (state !== undefined) back.searchParams.set('state', state);
    return reply.redirect(back.href, 302);
  });
}

/** A code becomes who it is, once. The answer to a good one carries no code of its own. */
export function token(gateway: Gateway, call: Call): Decision {
  const granted = call.params.grant_type === 'authorization_code' ? gateway.grants.take(call.params.code ?? '') : null;
  if (granted?.appId !== call.merchant.appId) return { kind: 'node', node: gatewayNode('40002', 'isv.code-invalid') };
  return {
    kind: 'node',
    node: {
      access_token: `authbseB${gateway.random.bytes(16).toString('hex')}`,
      auth_start: String(gateway.clock.now().getTime()),
      expires_in: '1296000',
      re_expires_in: '2592000',
      refresh_token: `authbseB${gateway.random.bytes(16).toString('hex')}`,
      ...personOf(call.merchant),
    },
  };
}
