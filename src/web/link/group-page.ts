import { html, type Html } from '../../base/html.ts';
import { codeTexts } from '../code-texts.ts';
import { renderFault, renderFaultMark } from '../code-page.ts';
import { type PayFrame, renderBack, renderFrame } from './pay-page.ts';
import { payTexts } from './pay-texts.ts';

export interface ShareLine {
  placeNo: number;
  name: string | null;
  isNamed: boolean;
  /** For people. */
  amount: string;
  state: 'free' | 'open' | 'paid';
}

/** The page of a total that several people pay: how far it is paid, by whom, and one's own share. */
export interface GroupPage extends PayFrame {
  total: string;
  paidCount: number;
  openCount: number;
  shares: readonly ShareLine[];
  /** Not all shares cost the same, by a cent. */
  isUneven: boolean;
  nameCharsMax: number;
  typed: { name: string; placeNo: number | null };
  nameFault: string | null;
  shareFault: string | null;
}

export function renderGroupPage(page: GroupPage): string {
  const text = payTexts[page.lang];
  const isDone = page.paidCount === page.shares.length;
  return renderFrame(page, page.subject, [
    html`<p class="fine merchant-line"><span class="avatar" aria-hidden="true">${page.merchantName.match(/./u)?.[0]}</span><span>${page.merchantName}</span></p>
<h1>${page.subject}</h1>
<p class="fine">${text.together(page.total)}</p>
<p class="progress-line" data-testid="progress"><label for="progress">${text.paidOf(page.paidCount, page.shares.length)}</label>${page.openCount > 0 && html`<span class="fine">${text.beingPaid(page.openCount)}</span>`}</p>
<progress id="progress" max="${page.shares.length}" value="${page.paidCount}"></progress>
${(page.back === 'paid' || !isDone) && renderBack(page)}${isDone ? html`<p class="done-line" data-testid="complete">${text.notices.paid.title}</p>\n` : renderForm(page)}<h2 class="shares-title">${text.shares}</h2>
<ol class="shares" data-testid="shares">${page.shares.map((share) => renderShare(page, share))}</ol>`,
  ]);
}

function renderForm(page: GroupPage): Html {
  const text = payTexts[page.lang];
  const named = page.shares.filter(({ isNamed, state }) => isNamed && state !== 'paid');
  const free = page.shares.find(({ isNamed, state }) => !isNamed && state === 'free');
  const { busy } = codeTexts[page.lang];
  if (named.length === 0 && free === undefined)
    return html`<p class="fine" data-testid="all-taken">${text.notices.busy.hint}</p>\n`;
  return html`<form method="post" action="${page.actionUrl}" data-once data-testid="group-form">
<input type="hidden" name="nonce" value="${page.nonce}">
${named.length > 0 ? renderChoice(page, named) : renderName(page)}<button class="button" type="submit" data-busy="${busy}" data-testid="next">${free === undefined ? text.payChosen : text.payShare(free.amount)}</button>
${page.isUneven && free !== undefined && html`<p class="fine">${text.mayDiffer}</p>\n`}</form>
`;
}

function renderName(page: GroupPage): Html {
  const text = payTexts[page.lang];
  return html`<p class="field-row"><label for="name">${text.yourName}</label>
<input class="field" id="name" name="name" value="${page.typed.name}" maxlength="${page.nameCharsMax}" autocomplete="nickname" aria-describedby="name-hint"${renderFaultMark(page.nameFault, 'name-fault')}></p>
<p class="fine name-hint" id="name-hint">${text.yourNameHint}</p>
${renderFault(page.nameFault, 'name-fault')}`;
}

function renderChoice(page: GroupPage, named: readonly ShareLine[]): Html {
  const text = payTexts[page.lang];
  return html`<fieldset class="choose-share"${renderFaultMark(page.shareFault, 'share-fault')}><legend>${text.choose}</legend>
${named.map((share) => html`<label class="share-choice"><input type="radio" name="place" value="${share.placeNo}"${share.placeNo === page.typed.placeNo && html` checked`}><span>${share.name}</span><span class="digits">${share.amount}</span></label>\n`)}</fieldset>
${renderFault(page.shareFault, 'share-fault')}`;
}

function renderShare(page: GroupPage, share: ShareLine): Html {
  const text = payTexts[page.lang];
  return html`<li class="share is-${share.state}"><span class="share-name">${share.name ?? text.anybody(share.placeNo)}</span><span class="digits">${share.amount}</span><span class="share-state">${text.states[share.state]}</span></li>
`;
}
