import { createHash } from 'node:crypto';
import { Refusal } from '../../base/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import type { Link, LinkContent, LinkKind } from '../link.ts';
import type { NewLink } from '../links.ts';
import { type GivenTerms, type Plan, priceOfPlan, readPlan } from '../pay/read-terms.ts';
import { writeTerms } from '../pay/write-terms.ts';

/** A new link, and how it is paid; null for one that asks for nothing. */
export interface WantedLink {
  link: NewLink;
  plan: Plan | null;
}

export interface GivenLink {
  kind: LinkKind;
  title: string;
  /** What is left out is null, `direct` false; the price of a link that asks for money is what it asks for. */
  content: Partial<LinkContent>;
  servedHost: string | null;
  terms: GivenTerms;
}

/**
 * A link that asks for money shows what it asks for as its price, or (null) none. `param` of a refusal begins with `at`, such as `links.3.`.
 * @throws Refusal invalid_request
 */
export function wantLink({ kind, title, content, servedHost, terms }: GivenLink, at: string): WantedLink {
  const plan = readPlan(kind, title, terms, at);
  const price = plan === null ? null : priceOfPlan(plan);
  const given = content.price ?? null;
  if (plan !== null && given !== null && (given.currency !== price?.currency || given.minor !== price.minor))
    throw new Refusal('invalid_request', 'the price of a link that asks for money is what it asks for', {
      param: `${at}price`,
    });
  return { plan, link: { kind, servedHost, content: { ...NOTHING_SAID, price, ...content, title } } };
}

/** What a link says of which nothing but a title is known. */
export const NOTHING_SAID: Omit<LinkContent, 'title'> = {
  page: null,
  appPath: null,
  description: null,
  imageUrl: null,
  price: null,
  availability: null,
  direct: false,
  expiresAt: null,
};

/** What the desk is handed: the links, and what stands beside those that ask for money, in one transaction. */
export function deskRequest(wanted: readonly WantedLink[]): {
  links: NewLink[];
  within(tx: Tx, links: readonly Link[]): Promise<void>;
} {
  const plans = wanted.map(({ plan }) => plan);
  return { links: wanted.map(({ link }) => link), within: (tx, links) => writeTerms(tx, links, plans) };
}

/** The same for the same links in the same order. */
export function fingerprintOf(wanted: readonly WantedLink[]): string {
  const text = JSON.stringify(wanted, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  return createHash('sha256').update(text).digest('hex');
}
