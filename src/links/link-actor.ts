import { Refusal } from '../base/refusal.ts';
import type { Link } from './link.ts';
import type { LinkActor } from './links.ts';

/** As it is written down. */
export function nameOf(actor: LinkActor): string {
  if (actor.kind === 'operator') return actor.name;
  return actor.kind === 'merchant' ? actor.keyId : actor.userId;
}

/** Owners see and change what is theirs, the operator everything. @throws Refusal not_found, also for what is somebody else's */
export function checkOwner<Owned extends Pick<Link, 'owner'>>(actor: LinkActor, link: Owned | null): Owned {
  if (link === null || !isOwner(actor, link)) throw new Refusal('not_found', 'there is no such link');
  return link;
}

function isOwner(actor: LinkActor, { owner }: Pick<Link, 'owner'>): boolean {
  if (actor.kind === 'operator') return true;
  if (actor.kind === 'merchant') return owner.kind === 'merchant' && owner.merchantId === actor.merchantId;
  return owner.kind === 'user' && owner.userId === actor.userId;
}

/** Hosts and apps are merchants'. @throws Refusal not_found */
export function checkMerchant(actor: LinkActor, merchantId: string): void {
  const mayTouch = actor.kind === 'operator' || (actor.kind === 'merchant' && actor.merchantId === merchantId);
  if (!mayTouch) throw notThere();
}

/** The same for one that was looked up. @throws Refusal not_found */
export function checkMerchants<Owned extends { merchantId: string }>(actor: LinkActor, owned: Owned | null): Owned {
  if (owned === null) throw notThere();
  checkMerchant(actor, owned.merchantId);
  return owned;
}

/** In the same words whether it is somebody else's or nobody's. */
function notThere(): Refusal {
  return new Refusal('not_found', 'there is no such thing of this merchant');
}
