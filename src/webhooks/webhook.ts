/** What can happen that a shop hears of. */
export const EVENT_TYPES = [
  'payment.succeeded',
  'payment.canceled',
  'payment.corrected',
  'refund.created',
  'refund.succeeded',
  'refund.failed',
  'refund.corrected',
  'link.completed',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export type EndpointId = `we_${string}`;
export type EventId = `evt_${string}`;
export type DeliveryId = `wd_${string}`;

/** Whose webhooks: every question and every answer stays inside one merchant. */
export interface Owner {
  book: number;
  merchantId: string;
}

/** Where a merchant wants to hear; a row of `webhook_endpoints`. Its secrets stay sealed. */
export interface Endpoint extends Owner {
  id: EndpointId;
  url: string;
  /** `*` stands for every type. */
  eventTypes: string[];
  secretSealed: string | null;
  previousSecretSealed: string | null;
  previousSecretUntil: Date | null;
  /** `whpk_…` when messages also carry an ed25519 signature. */
  publicKey: string | null;
  state: 'enabled' | 'disabled' | 'deleted';
  /** `gone`: the receiver answered 410. */
  disabledReason: 'gone' | null;
  createdAt: Date;
}

/** What happened; a row of `events`, never rewritten. */
export interface WebhookEvent extends Owner {
  id: EventId;
  type: string;
  objectId: string;
  /** 1, 2, 3 … per object. */
  objectSeq: number;
  /** Exactly the text that is signed and sent: `{"type","timestamp","data"}`. */
  payload: string;
  occurredAt: Date;
}

/** One event owed to one endpoint; a row of `webhook_deliveries`. */
export interface Delivery extends Owner {
  id: DeliveryId;
  endpointId: EndpointId;
  eventId: EventId;
  eventType: string;
  objectId: string;
  objectSeq: number;
  state: DeliveryState;
  triesCount: number;
  dueAt: Date | null;
  /** A try is under way until then at the latest. */
  leasedUntil: Date | null;
  lastStatus: number | null;
  lastReason: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export type DeliveryState = 'pending' | 'succeeded' | 'parked' | 'canceled';
export const DELIVERY_STATES: readonly DeliveryState[] = ['pending', 'succeeded', 'parked', 'canceled'];

/** One try to tell; a row of `webhook_tries`. */
export interface DeliveryTry {
  deliveryId: DeliveryId;
  sentAt: Date;
  durationMs: number;
  status: number | null;
  reason: string | null;
  reply: string | null;
}
