import { newId } from '../../base/id.ts';
import { LINK_COLLECTIONS_PER_DAY_MAX, LINK_HOLD_MARGIN_SECONDS } from '../../base/link-limits.ts';
import { QUOTE_SECONDS, TRANSFER_NOTE_CHARS_MAX } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { money } from '../../money/money.ts';
import type { Move, Quote, Transfers } from '../../transfers/transfers.ts';
import type { Session, Users } from '../../users/users.ts';
import { NOTHING_SAID } from '../fields/wanted-link.ts';
import type { Link, ReadyLink } from '../link.ts';
import type { LinkDesk, LinkReader } from '../links.ts';
import type { LinksDeps } from '../links-deps.ts';
import { countCollectionsSince, endHolds, extendHold, type Hold, insertHold, listHolds } from './hold-store.ts';
import { planCollection, priceOfPlan } from './read-terms.ts';
import { lockHolds, lookAtHolds } from './look-at-holds.ts';
import { keyOfHold, type KnownHold } from './settle-holds.ts';
import type { Terms } from './terms.ts';
import { findTerms, findTermsByCode, listTermsOfUser, lockTerms } from './terms-store.ts';
import { writeTerms } from './write-terms.ts';

export interface CollectionsDeps extends Pick<LinksDeps, 'sql' | 'clock' | 'random' | 'book'> {
  livemode: boolean;
  desk: Pick<LinkDesk, 'create' | 'setState'>;
  reader: Pick<LinkReader, 'findById'>;
  transfers: Pick<Transfers, 'quote' | 'quotedTo' | 'confirm' | 'confirmedBy'>;
  users: Pick<Users, 'readPerson'>;
}

export interface NewCollection {
  title: string;
  /** What each pays, or what is paid together. Fen; one of them is null. */
  amountMinor: bigint | null;
  totalMinor: bigint | null;
  /** How many pay. */
  people: number;
  until: Date | null;
  /** Sent again it is the same collection. */
  key: string;
}

/** A collection as the one who collects sees it. */
export interface Collection {
  ready: ReadyLink;
  terms: Terms;
  payers: readonly { name: string; amountMinor: bigint; state: 'open' | 'paid' }[];
}

/** The same as somebody sees it who is asked to pay. */
export interface Asked {
  code: string;
  title: string;
  payeeName: string;
  /** What this person pays, or would pay now. */
  amountMinor: bigint;
  people: number;
  paidCount: number;
  until: Date | null;
  /**
   * `own`: who looks is who collects. `paid`, `under_way`: by who looks. `complete`: by all. `busy`: the rest is being paid by others just now.
   * `over`: stopped, or its time is over.
   */
  state: 'open' | 'own' | 'paid' | 'under_way' | 'complete' | 'busy' | 'over';
}

export interface Collections {
  /** @throws Refusal invalid_request, too_many_tries */
  create(session: Session, wish: NewCollection): Promise<Collection>;
  /** Newest first. */
  list(session: Session, page: { before: string | null; itemsMax: number }): Promise<Collection[]>;
  /** @throws Refusal not_found, also for another person's */
  get(session: Session, id: string): Promise<Collection>;
  /** Takes no more; what is under way still arrives. @throws Refusal not_found */
  stop(session: Session, id: string): Promise<Collection>;
  /** @throws Refusal not_found */
  asked(session: Session, code: string): Promise<Asked>;
  /** A quote for one's share, which is kept for as long as the quote is good. @throws Refusal link_not_active, link_paid, link_busy, and those of quotes */
  quote(session: Session, code: string, fromCardId: string): Promise<Quote>;
  /** Confirms it: at most one transfer is made for a share, whatever is sent how often. @throws Refusal those of confirming, link_paid, quote_expired */
  pay(session: Session, code: string, input: { quoteId: string; proof: string | null }): Promise<Move[]>;
}

const DAY_MS = 86_400_000;

export function openCollections(deps: CollectionsDeps): Collections {
  const { sql, clock, book } = deps;

  async function findOwn(session: Session, id: string): Promise<Terms> {
    const [terms] = await findTerms(sql, book, [id]);
    if (terms?.kind !== 'collect' || terms.userId !== session.userId || session.book !== book)
      throw new Refusal('not_found', 'there is no such collection');
    return terms;
  }

  async function findAsked(session: Session, code: string): Promise<{ terms: Terms; ready: ReadyLink }> {
    const terms = session.book === book ? await findTermsByCode(sql, book, code) : null;
    const ready = terms?.kind === 'collect' ? await deps.reader.findById(book, terms.linkId) : null;
    if (terms === null || ready === null || ready.link.state === 'taken_down')
      throw new Refusal('not_found', 'there is no such collection');
    return { terms, ready };
  }

  async function show(terms: Terms): Promise<Collection> {
    const ready = await deps.reader.findById(book, terms.linkId);
    if (ready === null) throw new Error(`assertion failed: ${terms.linkId} is there`);
    const holds = await lookAtHolds(deps, terms);
    const payers = holds.flatMap(({ payerName, amountMinor, state, isConfirmed }) =>
      state === 'ended' || !isConfirmed ? [] : [{ name: payerName, amountMinor, state }],
    );
    return { ready, terms, payers };
  }

  return {
    async create(session, wish) {
      const since = new Date(clock.now().getTime() - DAY_MS);
      if ((await countCollectionsSince(sql, book, session.userId, since)) >= LINK_COLLECTIONS_PER_DAY_MAX)
        throw new Refusal('too_many_tries', 'that were enough collections for one day', { retryAfterSeconds: 3600 });
      const { title, amountMinor, totalMinor, people, until } = wish;
      const plan = planCollection({ currency: 'CNY', amountMinor, totalMinor, people }, title);
      let made: Link | undefined;
      const reply = await deps.desk.create({
        actor: { kind: 'user', userId: session.userId },
        book,
        livemode: deps.livemode,
        links: [
          {
            kind: 'collect',
            content: { ...NOTHING_SAID, title, price: priceOfPlan(plan), expiresAt: until },
            servedHost: null,
          },
        ],
        reply: 'one',
        claim: {
          book,
          merchantId: session.userId,
          key: `collect:${wish.key}`,
          route: 'POST /api/collections',
          fingerprint: JSON.stringify([
            title,
            String(amountMinor),
            String(totalMinor),
            people,
            until?.toISOString() ?? null,
          ]),
        },
        async within(tx, links) {
          made = links[0];
          await writeTerms(tx, links, [plan]);
        },
      });
      const { id }: { id: string } = made ?? JSON.parse(reply.body); // showLink's own shape
      return await show(await findOwn(session, id));
    },
    async list(session, page) {
      if (session.book !== book) return [];
      const terms = await listTermsOfUser(sql, { book, userId: session.userId, ...page });
      return await Promise.all(terms.map(show));
    },
    get: async (session, id) => await show(await findOwn(session, id)),
    async stop(session, id) {
      const terms = await findOwn(session, id);
      await deps.desk.setState({ actor: { kind: 'user', userId: session.userId }, id, state: 'stopped', reason: null });
      return await show(terms);
    },
    async asked(session, code) {
      const { terms, ready } = await findAsked(session, code);
      return toAsked(session, terms, ready, await lookAtHolds(deps, terms), clock.now());
    },
    async quote(session, code, fromCardId) {
      const { terms, ready } = await findAsked(session, code);
      checkActive(ready, clock.now());
      if (terms.userId === null || terms.userId === session.userId)
        throw new Refusal('invalid_request', 'nobody pays into their own collection', { param: 'code' });
      const { hold, isNew } = await takeHold(deps, session, terms);
      try {
        return await deps.transfers.quote(session, {
          kind: 'transfer',
          fromCardIds: [fromCardId],
          payee: { kind: 'person', userId: terms.userId, shownName: ready.ownerName },
          amount: money('CNY', hold.amountMinor),
          arrival: 'instant',
          note: Array.from(terms.subject).slice(0, TRANSFER_NOTE_CHARS_MAX).join(''),
          // Whatever moves by it counts as this share: it is confirmed here and nowhere else.
          boundKey: keyOfHold(hold),
        });
      } catch (error) {
        // No quote, nothing to confirm: others need not wait for the share.
        if (isNew && error instanceof Refusal) await giveBack(deps, hold);
        throw error;
      }
    },
    async pay(session, code, { quoteId, proof }) {
      const { terms, ready } = await findAsked(session, code);
      const hold = (await listHolds(sql, book, [terms.linkId])).find(({ userId }) => userId === session.userId);
      if (hold === undefined) throw new Refusal('quote_expired', 'the share was given back; ask for it again');
      const { toUserId, amount } = await deps.transfers.quotedTo(session, quoteId);
      if (toUserId !== terms.userId || amount.minor !== hold.amountMinor)
        throw new Refusal('not_found', 'this quote is for something else', { param: 'quote_id' });
      // What was confirmed is told again, also when the collection has ended since.
      const known = (await deps.transfers.confirmedBy(sql, book, [{ userId: session.userId, key: keyOfHold(hold) }]))
        .size;
      if (known === 0) checkActive(ready, clock.now());
      try {
        return await deps.transfers.confirm(session, { quoteId, proof, key: keyOfHold(hold) });
      } catch (error) {
        if (error instanceof Refusal && error.code === 'idempotency_key_reused')
          throw new Refusal('link_paid', 'another quote for this share has been confirmed');
        if (error instanceof Refusal && error.code === 'quote_bound')
          throw new Refusal('quote_expired', 'this quote was for a share that was given back; ask for it again');
        throw error;
      }
    },
  };
}

/** One's own share again, or the next that is free; the database gives each place and each person once. */
async function takeHold(
  deps: CollectionsDeps,
  session: Session,
  terms: Terms,
): Promise<{ hold: Hold; isNew: boolean }> {
  const person = await deps.users.readPerson(deps.sql, terms.book, session.userId);
  const now = deps.clock.now();
  const dueAt = new Date(now.getTime() + (QUOTE_SECONDS + LINK_HOLD_MARGIN_SECONDS) * 1000);
  // What is learned on the way stays, also when nothing is taken.
  const taken = await deps.sql.begin(async (tx) => {
    const holds = await lockHolds(tx, deps, terms);
    const own = holds.find(({ userId }) => userId === session.userId);
    if (own?.state === 'paid') return new Refusal('link_paid', 'you have paid your share');
    if (own !== undefined) {
      await extendHold(tx, own, dueAt);
      return { hold: own, isNew: false };
    }
    const placeNo = freePlace(terms, holds);
    if (placeNo === null)
      return holds.every(({ state }) => state === 'paid')
        ? new Refusal('link_paid', 'everybody has paid')
        : new Refusal('link_busy', 'others are paying what is left', { retryAfterSeconds: 60 });
    const hold: Hold = {
      book: terms.book,
      linkId: terms.linkId,
      holdId: newId('lch', deps, terms.book),
      userId: session.userId,
      state: 'open',
      placeNo,
      amountMinor: amountOf(terms, placeNo),
      payerName: person?.nameMasked ?? '*',
      askedAt: now,
      dueAt,
    };
    await insertHold(tx, hold);
    return { hold, isNew: true };
  });
  if (taken instanceof Refusal) throw taken;
  return taken;
}

/** Unless the same person has asked once more meanwhile: then that quote may be confirmed. */
async function giveBack(deps: CollectionsDeps, hold: Hold): Promise<void> {
  await deps.sql.begin(async (tx) => {
    await lockTerms(tx, hold.book, [hold.linkId]);
    const now = (await listHolds(tx, hold.book, [hold.linkId])).find(({ holdId }) => holdId === hold.holdId);
    if (now?.dueAt?.getTime() === hold.dueAt?.getTime())
      await endHolds(tx, [{ ...hold, state: 'ended' }], deps.clock.now());
  });
}

function freePlace(terms: Terms, holds: readonly Hold[]): number | null {
  const held = new Set(holds.map(({ placeNo }) => placeNo));
  for (let placeNo = 1; placeNo <= (terms.placesMax ?? 0); placeNo++) if (!held.has(placeNo)) return placeNo;
  return null;
}

function amountOf(terms: Terms, placeNo: number): bigint {
  const minor = terms.shares.find((share) => share.placeNo === placeNo)?.amountMinor ?? terms.amountMinor;
  if (minor === null) throw new Error('assertion failed: a share of a collection costs something');
  return minor;
}

/** @throws Refusal link_not_active */
function checkActive({ link }: ReadyLink, now: Date): void {
  if (isOver(link, now)) throw new Refusal('link_not_active', 'this collection takes no more');
}

function isOver({ state, expiresAt }: Link, now: Date): boolean {
  return state !== 'active' || (expiresAt !== null && expiresAt <= now);
}

function toAsked(session: Session, terms: Terms, ready: ReadyLink, holds: readonly KnownHold[], now: Date): Asked {
  const own = holds.find(({ userId }) => userId === session.userId);
  const next = freePlace(terms, holds);
  const paidCount = holds.filter(({ state }) => state === 'paid').length;
  return {
    code: terms.code,
    title: terms.subject,
    payeeName: ready.ownerName,
    amountMinor: own?.amountMinor ?? amountOf(terms, next ?? 1),
    people: terms.placesMax ?? 0,
    paidCount,
    until: ready.link.expiresAt,
    state: stateOf(),
  };

  function stateOf(): Asked['state'] {
    if (terms.userId === session.userId) return 'own';
    if (own?.state === 'paid') return 'paid';
    if (paidCount === terms.placesMax) return 'complete';
    if (isOver(ready.link, now)) return own === undefined ? 'over' : 'under_way';
    if (own !== undefined) return own.isConfirmed ? 'under_way' : 'open';
    return next === null ? 'busy' : 'open';
  }
}
