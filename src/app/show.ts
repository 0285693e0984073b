import { makePrefixTable } from '../cards/prefix-table.ts';
import type { Card, CardBalance } from '../cards/cards.ts';
import { isLimitRule, labelOfRule } from '../limits/limit-rules.ts';
import type { LimitLeft } from '../limits/limits.ts';
import type { Money } from '../money/money.ts';
import type { OrderView } from '../payer/payer.ts';
import type { Move, PartyView, Quote } from '../transfers/transfers.ts';
import type { Me } from '../users/users-api.ts';
import type * as api from './api.ts';
import { coloursOf } from './bank-colours.ts';
import { explainMove } from './explain-move.ts';

/*
 * Ours to theirs: field by field, so that nothing is told that no page asks for.
 */

/** Names of banks by code; the table of the package, read once. */
const table = makePrefixTable({ rows: [], importNo: 0 });

export function bankNameOf(bank: string): api.Names {
  return table.names(bank);
}

export function showAmount(amount: Money): api.Amount {
  return { currency: 'CNY', minor: amount.minor.toString() };
}

export function showMe(me: Me, sandboxPhoneUrl: string | null): api.Me {
  return {
    user_id: me.userId,
    phone_masked: me.phoneMasked,
    name_masked: me.nameMasked,
    has_pin: me.hasPin,
    passkeys_count: me.passkeysCount,
    device_is_new: me.deviceIsNew,
    lang: me.lang,
    sandbox_phone_url: sandboxPhoneUrl,
  };
}

export function showCard(card: Card): api.Card {
  return {
    card_id: card.id,
    bank: card.bank,
    bank_name: card.bankName,
    kind: card.kind,
    last4: card.last4,
    alias: card.alias,
    is_default: card.isDefault,
    colours: coloursOf(card.bank),
    bound_at: card.boundAt.toISOString(),
  };
}

export function showBalance(balance: CardBalance): api.Balance {
  const known = balance.kind === 'answered' ? balance : balance.kind === 'unknown' ? balance.last : null;
  return {
    card_id: balance.cardId,
    state: balance.kind,
    at: balance.at.toISOString(),
    is_cached: balance.isCached,
    ledger: known === null ? null : showAmount(known.ledger),
    available: known === null ? null : showAmount(known.available),
    bill:
      known?.bill == null
        ? null
        : {
            amount: showAmount(known.bill.amount),
            minimum: showAmount(known.bill.minimum),
            due_day: known.bill.dueDay,
            billed_day: known.bill.billedDay,
          },
    last_at: balance.kind === 'unknown' ? (balance.last?.at.toISOString() ?? null) : null,
    reason: balance.kind === 'refused' ? balance.reason : null,
  };
}

export function showParty(party: PartyView): api.Party {
  return {
    bank: party.bank,
    bank_name: bankNameOf(party.bank),
    last4: party.last4,
    name_masked: party.nameMasked,
  };
}

export function showMove(move: Move): api.Move {
  const isAtShop = move.kind === 'purchase' || move.kind === 'refund';
  const shop = move.kind === 'purchase' ? move.to : move.kind === 'refund' ? move.from : null;
  const [from, to] = [move.kind === 'refund' ? null : move.from, move.kind === 'purchase' ? null : move.to];
  // What goes from one own card to another stays with the person.
  const isLeaving = move.kind !== 'refund' && (isAtShop || move.toCardId === null);
  return {
    move_id: move.id,
    kind: move.kind,
    state: move.state,
    explanation: explainMove(move),
    amount: { currency: 'CNY', minor: (isLeaving ? -move.amount.minor : move.amount.minor).toString() },
    fee: showAmount(move.fee),
    from: from === null ? null : showParty(from),
    to: to === null ? null : showParty(to),
    shop_name: shop?.nameMasked ?? null,
    note: move.note,
    arrival: move.arrival,
    due_at: move.dueAt?.toISOString() ?? null,
    failure: move.failure,
    receipt_no: move.rrn,
    can_cancel: move.state === 'scheduled',
    created_at: move.createdAt.toISOString(),
    ended_at: move.endedAt?.toISOString() ?? null,
  };
}

export function showLimit(left: LimitLeft, cardId: string | null): api.LimitLine {
  return {
    rule: left.rule,
    label: isLimitRule(left.rule) ? labelOfRule(left.rule) : { 'zh-CN': left.rule, en: left.rule },
    window: left.window,
    subject: left.subject,
    card_id: left.subject === 'user' ? null : cardId,
    unit: left.unit,
    max: left.max.toString(),
    used: left.used.toString(),
    held: left.held.toString(),
    set_by: left.setBy,
    renews_at: left.renewsAt?.toISOString() ?? null,
  };
}

export function showQuote(quote: Quote): api.Quote {
  return {
    quote_id: quote.id,
    kind: quote.kind,
    amount: showAmount(quote.amount),
    fee: showAmount(quote.fee),
    arrival: quote.arrival,
    arrives_at: quote.arrivesAt.toISOString(),
    to: showParty(quote.to),
    parts: quote.parts.map((part) => ({
      from_card_id: part.fromCardId,
      from: showParty(part.from),
      amount: showAmount(part.amount),
      left: part.left.map((left) => showLimit(left, part.fromCardId)),
    })),
    explanation: quote.explanation,
    level: quote.level,
    advice: quote.advice,
    expires_at: quote.expiresAt.toISOString(),
  };
}

export function showOrder(order: OrderView): api.Order {
  return {
    token: order.token,
    shop_name: order.shopName,
    subject: order.subject,
    amount: showAmount(order.amount),
    state: order.state,
    is_paying: order.isPaying,
    failure: order.failure,
    expires_at: order.expiresAt.toISOString(),
    return_url: order.returnUrl,
  };
}
