import { type Html, html } from '../../base/html.ts';
import type { Language } from '../wallets/ground/page-text.ts';
import type { BankBooks, Posting } from './bank-books.ts';
import { clockTime } from './bank-day.ts';
import { BANK_TEXT } from './bank-page-text.ts';
import type { Bank } from './banks.ts';
import type { ShownCard } from './open-cards.ts';
import { frame, yuan } from './page-frame.ts';

type What = keyof (typeof BANK_TEXT)['en']['what'];

/** One bank from the inside: what it owes and is owed, account by account, and what was posted last. */
export function bankPage(language: Language, bank: Bank, books: BankBooks, cards: readonly ShownCard[]): Html {
  const text = BANK_TEXT[language];
  const sums = sumUp(books);
  const content = html`<section class="panel bank-${bank.code}">
  <h1>${bank.name[language]} <small>${bank.institution}</small></h1>
  <p class="${books.isBalanced() ? 'good' : 'bad'}">${books.isBalanced() ? text.balanced : text.unbalanced} · ${books.postings} ${text.count} · ${cards.length} ${text.cards}</p>
  ${table(
    [text.accountCol, text.debitCol, text.creditCol],
    sums.map(([name, fen]) => [text[name], fen > 0n ? yuan(fen) : '', fen < 0n ? yuan(-fen) : '']),
  )}
</section>
<section class="panel"><h2>${text.postings}</h2>
${
  books.postings === 0
    ? html`<p class="hint">${text.noPostings}</p>`
    : table(
        [text.accountCol, text.debitCol, text.creditCol],
        books.latest().flatMap((posting) => rowsOf(posting, language)),
      )
}
</section>`;
  return frame({ language, path: `/banks/${bank.code}`, title: bank.name[language], content });
}

type SumName = 'deposits' | 'loans' | 'clearing' | 'settled' | 'cash';

/** The accounts by kind; debits positive. */
function sumUp(books: BankBooks): [SumName, bigint][] {
  const sums = new Map<SumName, bigint>();
  for (const { account, fen } of books.accounts()) {
    const kind = account.split(':')[0] ?? '';
    const isKnown = kind === 'clearing' || kind === 'settled' || kind === 'cash';
    const name: SumName = isKnown ? kind : fen > 0n ? 'loans' : 'deposits';
    sums.set(name, (sums.get(name) ?? 0n) + fen);
  }
  const order: SumName[] = ['deposits', 'loans', 'clearing', 'settled', 'cash'];
  return order.map((name) => [name, sums.get(name) ?? 0n]);
}

function rowsOf(posting: Posting, language: Language): (string | Html)[][] {
  const text = BANK_TEXT[language];
  const { what } = posting;
  const name = isWhat(what) ? text.what[what] : text.settledWhat;
  return posting.lines.map(({ account, fen }, at) => [
    at === 0
      ? html`<small>${name} · ${clockTime(new Date(posting.at))}</small><br>${nameOf(account, language)}`
      : nameOf(account, language),
    fen > 0n ? yuan(fen) : '',
    fen < 0n ? yuan(-fen) : '',
  ]);
}

/** An account in words; of a card only the last digits. */
function nameOf(account: string, language: Language): string {
  const text = BANK_TEXT[language];
  const [kind, owner = '', day = ''] = account.split(':');
  if (kind === 'card') return `···· ${owner.slice(-4)}`;
  if (kind === 'clearing') return `${text.clearing} ${owner} ${day}`;
  return kind === 'settled' ? `${text.settled} ${owner}` : text.cash;
}

function isWhat(text: string): text is What {
  return Object.hasOwn(BANK_TEXT.en.what, text);
}

/** Rows under a head; it scrolls by itself where a phone is too narrow. */
export function table(head: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html {
  return html`<div class="scroll" tabindex="0"><table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}
