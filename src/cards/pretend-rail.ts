import { setTimeout as sleep } from 'node:timers/promises';
import { CardNumber } from '../base/card-number.ts';
import type { BankRail, EnquireReply, Identity, Stamp, VerifyReply } from '../bank/rail.ts';
import { money } from '../money/money.ts';

/* For tests of cards/ alone: banks in memory behind the port of a rail, that answer at once, late, or not at all. */

export interface PretendCard {
  number: string;
  issuer: string;
  identity: Identity;
  accountClass: 1 | 2 | 3;
  ledgerFen: bigint;
  isCredit: boolean;
  /** What it does when it is asked; `silence` ends at the caller's time-out, or when the rail itself gives up. */
  mood: 'well' | 'silence' | 'lost' | 'counted' | 'down';
  delayMs: number;
}

export interface PretendRail extends BankRail {
  readonly cards: Map<string, PretendCard>;
  readonly asked: { kind: string; stamp: Stamp; at: number }[];
  /** Institutions that do not answer one-tap questions. */
  readonly deaf: Set<string>;
}

/** How long the rail waits for a silent bank: longer than banks of these tests take, shorter than a machine may be busy. */
const SILENCE_MS = 400;

const DOWN = { kind: 'unknown', why: 'the bank is silent' } as const;

export function createPretendRail(): PretendRail {
  const cards = new Map<string, PretendCard>();
  const asked: PretendRail['asked'] = [];
  const deaf = new Set<string>();
  const note = (kind: string, stamp: Stamp): void => void asked.push({ kind, stamp, at: performance.now() });
  const isHolder = (card: PretendCard, { name, idNumber, phone }: Identity): boolean =>
    card.identity.name === name && card.identity.idNumber === idNumber && card.identity.phone === phone;
  const never = async (): Promise<never> => {
    throw new Error('the tests of cards move no money');
  };

  function enquire(card: PretendCard | undefined): EnquireReply {
    if (card === undefined || card.mood === 'lost') return { kind: 'refused', code: '41', reason: 'card_lost' };
    if (card.mood === 'down') return { kind: 'refused', code: '91', reason: 'bank_down' };
    const available = card.isCredit ? 5_000_000n + card.ledgerFen : card.ledgerFen;
    const bill = {
      amount: money('CNY', 128_800n),
      minimum: money('CNY', 12_880n),
      billedDay: '2026-11-10',
      dueDay: '2026-11-28',
    };
    return {
      kind: 'answered',
      ledger: money('CNY', card.ledgerFen),
      available: money('CNY', available),
      bill: card.isCredit ? bill : null,
    };
  }

  return {
    cards,
    asked,
    deaf,
    async enquire({ stamp, card }, timeoutMs) {
      note('enquire', stamp);
      const found = cards.get(card.number.reveal());
      const isLate = found?.mood === 'silence' || (found?.delayMs ?? 0) > timeoutMs;
      await sleep(isLate ? Math.min(timeoutMs, SILENCE_MS) : (found?.delayMs ?? 0));
      return isLate ? DOWN : enquire(found);
    },
    async verifyHolder({ stamp, card, identity }): Promise<VerifyReply> {
      note('verify', stamp);
      const found = cards.get(card.number.reveal());
      if (found === undefined) return { kind: 'refused', code: '14', reason: 'card_unknown' };
      if (found.mood === 'silence') return DOWN;
      if (found.mood === 'lost') return { kind: 'refused', code: '41', reason: 'card_lost' };
      if (found.mood === 'counted') return { kind: 'refused', code: '75', reason: 'count_exceeded' };
      if (found.mood === 'down') return { kind: 'refused', code: '91', reason: 'bank_down' };
      if (isHolder(found, identity)) return { kind: 'matches', accountClass: found.accountClass };
      return {
        kind: 'differs',
        elements: [
          ...(found.identity.name === identity.name ? [] : (['name'] as const)),
          ...(found.identity.idNumber === identity.idNumber ? [] : (['id_number'] as const)),
          ...(found.identity.phone === identity.phone ? [] : (['phone'] as const)),
        ],
      };
    },
    async findIssuers({ stamp, identity }) {
      note('issuers', stamp);
      if (deaf.has('switch')) return DOWN;
      const issuers = [...cards.values()].filter((card) => isHolder(card, identity)).map(({ issuer }) => issuer);
      return { kind: 'found', issuers: [...new Set(issuers)].sort() };
    },
    async findCards({ stamp, identity, issuer }) {
      note('cards', stamp);
      if (deaf.has(issuer)) return DOWN;
      const found = [...cards.values()].filter((card) => card.issuer === issuer && isHolder(card, identity));
      return {
        kind: 'found',
        cards: found.flatMap((card) => {
          const number = CardNumber.read(card.number);
          return number === null ? [] : [{ number, issuer }];
        }),
      };
    },
    open: async () => {},
    close: async () => {},
    debit: never,
    credit: never,
    reverse: never,
    signOn: async () => true,
    signOff: async () => true,
    echo: async () => true,
    renewKeys: async () => true,
    reconcile: never,
    status: () => ({
      isServing: true,
      links: 1,
      inFlight: 0,
      quietMs: 0,
      keyVersion: '1',
      settlementDay: null,
      counters: { sent: 0, answered: 0, late: 0, unmatched: 0, badMac: 0, reconnects: 0 },
    }),
  };
}
