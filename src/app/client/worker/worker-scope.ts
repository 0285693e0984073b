/*
 * The part of a service worker's world that ours uses, as the W3C documents have it (Service Workers; Payment Handler API, 3 and 6). TypeScript's library
 * for workers cannot stand beside the one for pages, and tests give the worker a world of their own.
 */

export interface ExtendableEventLike {
  waitUntil(work: Promise<unknown>): void;
}

export interface FetchEventLike extends ExtendableEventLike {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

export interface MessageEventLike extends ExtendableEventLike {
  data: unknown;
  source: { url?: string } | null;
}

export interface PaymentMethodData {
  supportedMethods: string;
  data?: unknown;
}

export interface CanMakePaymentEventLike {
  respondWith(answer: Promise<boolean>): void;
}

export interface PaymentHandlerResponse {
  methodName: string;
  details: object;
}

export interface PaymentRequestEventLike extends ExtendableEventLike {
  topOrigin: string;
  methodData: readonly PaymentMethodData[];
  total: { currency: string; value: string };
  openWindow(url: string): Promise<unknown>;
  respondWith(answer: Promise<PaymentHandlerResponse>): void;
}

export interface WorkerScope {
  location: { origin: string };
  caches: CacheStorage;
  fetch: (request: Request | string, init?: RequestInit) => Promise<Response>;
  crypto: Pick<Crypto, 'getRandomValues'>;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEventLike) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEventLike) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEventLike) => void): void;
  addEventListener(type: 'canmakepayment', listener: (event: CanMakePaymentEventLike) => void): void;
  addEventListener(type: 'paymentrequest', listener: (event: PaymentRequestEventLike) => void): void;
}
