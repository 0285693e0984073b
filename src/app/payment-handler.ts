import type { FastifyInstance } from 'fastify';

/*
 * Hutong Wallet as a payment method of the Payment Request API: what a browser asks for when a shop's page names us. Sources: W3C Payment Method
 * Manifest, W3C Payment Handler API. The worker that takes the browser's request is served with the app.
 */

/** A shop's page names the wallet by this address: `new PaymentRequest([{ supportedMethods: WALLET_URL + '/payment-method', … }], …)`. */
export const PAYMENT_METHOD_PATH = '/payment-method';
const MANIFEST_PATH = '/payment-manifest.json';

/** Any site's browser may read the two files; they hold nothing but addresses. */
const OPEN_TO_ALL = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
/** Browsers ask anew within the hour, so that a move of the wallet is noticed. */
const CACHE_CONTROL = 'public, max-age=3600';

/** Registers the payment method's two addresses. `walletUrl`: the wallet's own origin, without a slash at the end. */
export function registerPaymentHandler(app: FastifyInstance, walletUrl: string): void {
  const link = `<${walletUrl}${MANIFEST_PATH}>; rel="payment-method-manifest"`;
  // Fastify answers HEAD, which browsers ask first, from GET.
  app.get(PAYMENT_METHOD_PATH, (_request, reply) =>
    reply
      .headers({ ...OPEN_TO_ALL, 'cache-control': CACHE_CONTROL, link, 'content-type': 'text/plain; charset=utf-8' })
      .send('Hutong Wallet: a payment method of the Payment Request API\n'),
  );
  app.get(MANIFEST_PATH, (_request, reply) =>
    reply
      .headers({ ...OPEN_TO_ALL, 'cache-control': CACHE_CONTROL, 'content-type': 'application/json; charset=utf-8' })
      .send(JSON.stringify({ default_applications: [`${walletUrl}/manifest.webmanifest`] })),
  );
}
