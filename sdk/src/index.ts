export { Hutong, type HutongOptions } from './hutong.ts';
export { verifyWebhook, type VerifyOptions, type WebhookHeaders } from './verify-webhook.ts';
export * from './errors.ts';
export { List, type ListParams, type Page } from './list.ts';
export type { Money } from './json.ts';
export type { Fetch, FetchInit, FetchReply } from './runtime.ts';
export type { CallOptions } from './transport.ts';
export type {
  NewAttempt,
  NewPayment,
  NewQrCode,
  NewRefund,
  NewWalletAccount,
  NewWebhookEndpoint,
  WebhookDeliveryFilter,
} from './resources.ts';
export type * from './link-types.ts';
export type * from './links.ts';
export type * from './offers.ts';
export type * from './types.ts';
