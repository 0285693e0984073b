import { type Html, html } from '../../base/html.ts';
import type { Language } from '../wallets/ground/page-text.ts';
import type { BankFault } from './bank-faults.ts';
import { table } from './bank-page-html.ts';
import { clockTime } from './bank-day.ts';
import { BANK_TEXT } from './bank-page-text.ts';
import type { SeenMessage } from './bank-switch.ts';
import { banks } from './banks.ts';
import { frame, yuan } from './page-frame.ts';
import type { MemberTotal } from './totals.ts';

export interface SwitchView {
  day: string;
  links: readonly { institution: string | null; isSignedOn: boolean }[];
  faults: readonly BankFault[];
  totals: readonly MemberTotal[];
  isBalanced: boolean;
  seen: { count: number; latest: readonly SeenMessage[] };
}

const MESSAGES_SHOWN_MAX = 60;

/** The place in the middle: who is connected, what day it books to, what went through. */
export function switchPage(language: Language, view: SwitchView): Html {
  const text = BANK_TEXT[language];
  const content = html`<section class="panel">
  <h1>${text.switch}</h1>
  <dl class="facts">
    <div><dt>${text.day}</dt><dd class="number">${view.day}</dd></div>
    <div><dt>${text.seen}</dt><dd class="number">${view.seen.count}</dd></div>
    <div><dt>${text.books}</dt><dd class="${view.isBalanced ? 'good' : 'bad'}">${view.isBalanced ? text.balanced : text.unbalanced}</dd></div>
  </dl>
  <form method="post" action="/switch/day"><input type="hidden" name="lang" value="${language}"><button class="main">${text.settle}</button> <span class="hint">${text.settleNote}</span></form>
</section>
<section class="panel"><h2>${text.banks}</h2><p class="bank-list">${banks.map((bank) => html`<a class="chip bank-${bank.code}" href="/banks/${bank.code}?lang=${language}">${bank.name[language]}</a> `)}</p></section>
<section class="panel"><h2>${text.links}</h2>${listLinks(view, language)}</section>
<section class="panel"><h2>${text.faults}</h2>${listFaults(view.faults, language)}</section>
<section class="panel"><h2>${text.totals}</h2>${listTotals(view.totals, language)}</section>
<section class="panel"><h2>${text.messages}</h2>${listMessages(view.seen.latest, language)}</section>`;
  return frame({ language, path: '/switch', title: text.switch, content });
}

function listLinks({ links }: SwitchView, language: Language): Html {
  const text = BANK_TEXT[language];
  if (links.length === 0) return html`<p class="hint">${text.noLinks}</p>`;
  return html`<ul class="plain">${links.map((link) => html`<li class="number">${link.institution ?? '—'} · ${link.isSignedOn ? text.signedOn : text.notSignedOn}</li>`)}</ul>`;
}

function listFaults(faults: readonly BankFault[], language: Language): Html {
  const text = BANK_TEXT[language];
  if (faults.length === 0) return html`<p class="hint">${text.noFaults}</p>`;
  const rows = faults.map((fault) => {
    const where = [fault.bank, fault.card && `···· ${fault.card}`, fault.operation].filter(Boolean).join(' ');
    const often = fault.times === undefined ? text.always : `${fault.times} ${text.times}`;
    return html`<li><b>${fault.kind}</b> ${fault.value === undefined ? null : String(fault.value)} · ${where} · ${often}</li>`;
  });
  return html`<ul class="plain">${rows}</ul>`;
}

function listTotals(totals: readonly MemberTotal[], language: Language): Html {
  const text = BANK_TEXT[language];
  if (totals.length === 0) return html`<p class="hint">${text.noTotals}</p>`;
  const sum = (count: number, fen: bigint): string => (count === 0 ? '' : `${yuan(fen)} (${count})`);
  return table(
    [text.day, '', text.debits, text.credits, text.reversals, text.net],
    totals
      .toReversed()
      .map((total) => [
        total.day,
        `${total.institution} ${total.bank}`,
        sum(total.debits, total.debitFen),
        sum(total.credits, total.creditFen),
        sum(total.reversals, total.reversalFen),
        yuan(total.netFen),
      ]),
  );
}

function listMessages(latest: readonly SeenMessage[], language: Language): Html {
  const text = BANK_TEXT[language];
  if (latest.length === 0) return html`<p class="hint">${text.noMessages}</p>`;
  const rows = latest
    .slice(0, MESSAGES_SHOWN_MAX)
    .map((one) => [
      clockTime(new Date(one.at)),
      one.way === 'in' ? '→' : '←',
      `${one.type} ${one.processing}`,
      one.stamp,
      one.last4 === '' ? '' : `···· ${one.last4}`,
      one.code,
    ]);
  return table(['', '', 'F0 F3/F70', 'F7 F11', 'F2', 'F39'], rows);
}
