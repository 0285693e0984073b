import { LinkApps, LinkDeferrals, LinkHosts, LinkPreviews, Links, LinkTexts } from './links.ts';
import { Offers } from './offers.ts';
import {
  Events,
  Payments,
  QrCodes,
  Refunds,
  WalletAccounts,
  WebhookDeliveries,
  WebhookEndpoints,
} from './resources.ts';
import { type Fetch, runtimeFetch } from './runtime.ts';
import { Transport } from './transport.ts';

export interface HutongOptions {
  /** Where the server is: `https://pay.example.com`. */
  baseUrl: string;
  /** `hk_test_…` or `hk_live_…`. Never in a browser: who has it can refund. */
  apiKey: string;
  /** After the first try of each call; 3 if not given. */
  maxRetries?: number;
  /** For each try; 30 seconds if not given. */
  timeoutMs?: number;
  /** Instead of the runtime's own, for proxies and tests. */
  fetch?: Fetch;
}

const RETRIES_USUAL = 3;
const TIMEOUT_MS_USUAL = 30_000;

/** A client of one Hutong server for one merchant. Every method throws a HutongError when it does not succeed. */
export class Hutong {
  readonly payments: Payments;
  readonly refunds: Refunds;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly events: Events;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly walletAccounts: WalletAccounts;
  readonly qrCodes: QrCodes;
  readonly offers: Offers;
  readonly links: Links;
  readonly linkHosts: LinkHosts;
  readonly linkApps: LinkApps;
  readonly linkTexts: LinkTexts;
  readonly linkPreviews: LinkPreviews;
  readonly linkDeferrals: LinkDeferrals;

  constructor(options: HutongOptions) {
    const transport = new Transport({
      baseUrl: readBaseUrl(options.baseUrl),
      apiKey: readApiKey(options.apiKey),
      maxRetries: options.maxRetries ?? RETRIES_USUAL,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS_USUAL,
      fetch: options.fetch ?? runtimeFetch,
    });
    this.payments = new Payments(transport);
    this.refunds = new Refunds(transport);
    this.webhookEndpoints = new WebhookEndpoints(transport);
    this.events = new Events(transport);
    this.webhookDeliveries = new WebhookDeliveries(transport);
    this.walletAccounts = new WalletAccounts(transport);
    this.qrCodes = new QrCodes(transport);
    this.offers = new Offers(transport);
    this.links = new Links(transport);
    this.linkHosts = new LinkHosts(transport);
    this.linkApps = new LinkApps(transport);
    this.linkTexts = new LinkTexts(transport);
    this.linkPreviews = new LinkPreviews(transport);
    this.linkDeferrals = new LinkDeferrals(transport);
  }
}

function readBaseUrl(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('baseUrl must be an http address');
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

function readApiKey(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new TypeError('apiKey is missing or not an API key');
  return text;
}
