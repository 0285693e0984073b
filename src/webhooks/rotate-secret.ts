import { WEBHOOK_SECRET_OVERLAP_HOURS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { EndpointWithSecret } from './create-endpoint.ts';
import { updateEndpointSecret } from './endpoint-store.ts';
import { getEndpoint, noEndpoint } from './get-endpoint.ts';
import { newSigningKeys, publicKeyOf, secretAad, signingKeysText } from './signing-keys.ts';
import type { WebhookDeps } from './webhook-deps.ts';
import type { Owner } from './webhook.ts';

const OVERLAP_SECONDS_MAX = WEBHOOK_SECRET_OVERLAP_HOURS_MAX * 3600;

/**
 * A new secret (and key pair, where there is one). The one of before signs beside it for `overlapSeconds`; 0 ends it at
 * once, for a secret that leaked. One that is older still is forgotten. @throws Refusal not_found, invalid_request
 */
export async function rotateSecret(
  deps: WebhookDeps,
  owner: Owner,
  id: string,
  { overlapSeconds }: { overlapSeconds: number },
): Promise<EndpointWithSecret> {
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > OVERLAP_SECONDS_MAX) {
    const detail = `The old secret stays valid for 0 to ${OVERLAP_SECONDS_MAX} seconds.`;
    throw new Refusal('invalid_request', detail, { param: 'overlap_seconds' });
  }
  const current = await getEndpoint(deps, owner, id);
  const keys = newSigningKeys(deps.random, current.publicKey !== null);
  const endpoint = await updateEndpointSecret(deps.sql, owner, current.id, {
    secretSealed: await deps.seal.seal(signingKeysText(keys), secretAad(owner.book, current.id)),
    publicKey: publicKeyOf(keys),
    previousUntil: overlapSeconds === 0 ? null : new Date(deps.clock.now().getTime() + overlapSeconds * 1000),
  });
  if (endpoint === null) throw noEndpoint();
  return { endpoint, secret: keys.hmac };
}
