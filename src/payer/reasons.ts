/** Why a move failed, in the protocol's words for orders. What is not known to it is `declined`. */
export function orderReason(failure: string | null): string {
  return ORDER_REASONS[failure ?? ''] ?? 'declined';
}

/** By `LegRefusal` and the refusals that transfers/ declines with. */
const ORDER_REASONS: Readonly<Record<string, string>> = {
  insufficient_funds: 'insufficient_funds',
  limit_exceeded: 'limit_exceeded',
  count_exceeded: 'limit_exceeded',
  card_lost: 'risk_refused',
  card_restricted: 'risk_refused',
  holder_may_not: 'risk_refused',
};
