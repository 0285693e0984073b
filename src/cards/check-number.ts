import type { CardNumber } from '../base/card-number.ts';
import { Refusal } from '../base/refusal.ts';
import type { CardFacts } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';
import { passesLuhn } from './luhn.ts';

/** What the table says of a number; null when no row fits. */
export function lookUpCard(deps: CardsDeps, number: CardNumber): CardFacts | null {
  const table = deps.table();
  const row = table.find(number);
  if (row === null) return null;
  return {
    bank: row.bank,
    bankName: table.names(row.bank),
    kind: row.kind,
    tableVersion: table.version,
    takesPart: deps.desk.institutionOf(row.bank) !== null,
  };
}

/** @throws Refusal card_number_invalid, card_not_supported */
export function checkNumber(deps: CardsDeps, number: CardNumber): { facts: CardFacts; issuer: string } {
  const row = deps.table().find(number);
  if ((row === null || row.hasLuhn) && !passesLuhn(number.reveal()))
    throw new Refusal('card_number_invalid', 'the check digit of the card number is wrong', { param: 'number' });
  const facts = lookUpCard(deps, number);
  const issuer = facts === null ? null : deps.desk.institutionOf(facts.bank);
  if (facts === null || issuer === null)
    throw new Refusal('card_not_supported', 'the bank of this card takes no part', { param: 'number' });
  return { facts, issuer };
}
