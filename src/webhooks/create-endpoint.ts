import { newId } from '../base/id.ts';
import { WEBHOOK_ENDPOINTS_PER_MERCHANT_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { insertEndpoint } from './endpoint-store.ts';
import { readEndpointUrl } from './endpoint-url.ts';
import { readEventTypes } from './event-types.ts';
import { newSigningKeys, publicKeyOf, secretAad, signingKeysText } from './signing-keys.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Endpoint, Owner } from './webhook.ts';

export interface NewEndpoint {
  url: string;
  /** `['*']` for every type. */
  eventTypes: readonly string[];
  /** Also sign with ed25519 (v1a), so that the receiver needs no secret. */
  withEd25519: boolean;
}

/** An endpoint together with the secret that is shown once. */
export interface EndpointWithSecret {
  endpoint: Endpoint;
  /** `whsec_…`; it can be replaced, but never shown again. */
  secret: string;
}

/** @throws Refusal invalid_request (url, event_types), webhook_endpoints_max */
export async function createEndpoint(deps: WebhookDeps, owner: Owner, input: NewEndpoint): Promise<EndpointWithSecret> {
  const url = readEndpointUrl(input.url, deps);
  const eventTypes = readEventTypes(input.eventTypes);
  const id = newId('we', deps, owner.book);
  const keys = newSigningKeys(deps.random, input.withEd25519);
  const endpoint: Endpoint = {
    book: owner.book,
    merchantId: owner.merchantId,
    id,
    url,
    eventTypes,
    secretSealed: await deps.seal.seal(signingKeysText(keys), secretAad(owner.book, id)),
    previousSecretSealed: null,
    previousSecretUntil: null,
    publicKey: publicKeyOf(keys),
    state: 'enabled',
    disabledReason: null,
    createdAt: deps.clock.now(),
  };
  if (!(await insertEndpoint(deps.sql, endpoint, WEBHOOK_ENDPOINTS_PER_MERCHANT_MAX))) {
    const detail = `A merchant has at most ${WEBHOOK_ENDPOINTS_PER_MERCHANT_MAX} webhook endpoints; delete one first.`;
    throw new Refusal('webhook_endpoints_max', detail);
  }
  return { endpoint, secret: keys.hmac };
}
