import { type Html, html } from '../../base/html.ts';
import type { Language } from '../wallets/ground/page-text.ts';
import { BANK_TEXT } from './bank-page-text.ts';
import type { AddedPerson } from './bank.ts';
import { findBank } from './banks.ts';
import type { ShownCard } from './open-cards.ts';
import { copied, frame, yuan } from './page-frame.ts';

/** More would make the page heavy; the rest is under the control address. */
const PEOPLE_SHOWN_MAX = 50;

/** Everybody whom a wallet can be tried with, with all that a wallet may ask for. */
export function peoplePage(language: Language, people: readonly AddedPerson[]): Html {
  const text = BANK_TEXT[language];
  const content = html`<p class="intro">${text.intro}</p>
${people.slice(0, PEOPLE_SHOWN_MAX).map((one) => personPanel(one, language))}`;
  return frame({ language, path: '/', title: text.people, content });
}

function personPanel({ person, cards }: AddedPerson, language: Language): Html {
  const text = BANK_TEXT[language];
  return html`<section class="panel person" data-testid="person-${person.id}">
  <h2>${copied(person.name)} <small>${cards.length} ${text.cards}</small></h2>
  <dl class="facts">
    <div><dt>${text.idNumber}</dt><dd>${copied(person.idNumber)}</dd></div>
    <div><dt>${text.phone}</dt><dd>${copied(person.phone)}</dd></div>
  </dl>
  <ul class="cards">${cards.map((card) => cardTile(card, person.phone, language))}</ul>
</section>
`;
}

function cardTile(card: ShownCard, personPhone: string, language: Language): Html {
  const text = BANK_TEXT[language];
  const bank = findBank(card.bank);
  const kind = card.kind === 'debit' ? `${text.debit} ${text.classes[card.accountClass]}` : text.credit;
  return html`<li class="card bank-${card.bank}">
  <p class="card-head"><a href="/banks/${card.bank}?lang=${language}">${bank?.name[language] ?? card.bank}</a><span>${kind}</span></p>
  <p class="card-number">${copied(card.number, true)}</p>
  <p class="card-money">${moneyOf(card, language)}</p>
  <dl class="small">
    ${card.bill && card.bill.amountFen > 0n ? html`<div><dt>${text.bill}</dt><dd>${yuan(card.bill.amountFen)}</dd></div><div><dt>${text.minimum}</dt><dd>${yuan(card.bill.minimumFen)}</dd></div><div><dt>${text.due}</dt><dd>${card.bill.dueDay}</dd></div>` : null}
    ${card.phone === personPhone ? null : html`<div><dt>${text.bankPhone}</dt><dd>${copied(card.phone)}</dd></div>`}
    <div><dt>${text.cardPin}</dt><dd>${copied(card.pin)}</dd></div>
    ${card.status === 'active' ? null : html`<div><dt></dt><dd class="bad">${text.status[card.status]}</dd></div>`}
  </dl>
</li>`;
}

function moneyOf(card: ShownCard, language: Language): Html {
  const text = BANK_TEXT[language];
  if (card.kind === 'debit') return html`<small>${text.balance}</small> <b class="number">${yuan(card.ledgerFen)}</b>`;
  return html`<small>${text.creditLeft}</small> <b class="number">${yuan(card.availableFen)}</b> <small>${text.owed}</small> <b class="number">${yuan(-card.ledgerFen)}</b>`;
}
