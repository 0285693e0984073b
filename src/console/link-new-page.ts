import { html, type Html } from '../base/html.ts';
import { LINKS_PER_CALL_MAX } from '../base/link-limits.ts';
import type { Merchant } from '../cashier/merchant.ts';
import type { LinkTexts } from '../links/fields/field-sheet.ts';
import { LINK_FIELD_NAMES, MADE_KINDS, type MadeKind } from '../links/fields/link-fields.ts';
import { renderPage, tokenField } from './frame.ts';
import { newFields, renderFaults, renderFields } from './link-fields-part.ts';
import { LINK_KIND_LABELS } from './link-words.ts';
import { table } from './parts.ts';
import type { Visitor } from './visitor.ts';

export interface NewLinkPage {
  shops: readonly Merchant[];
  merchantId: string;
  /** Of this form alone, so that the same form sent twice makes one link. */
  nonce: string;
  faults: readonly string[];
}

/** One new link for a shop: to a page of a host that it has proved, or one that asks for money. */
export function renderNewLink(visitor: Visitor, page: NewLinkPage & { kind: MadeKind; texts: LinkTexts }): string {
  const { say, lang } = visitor;
  const { kind, texts } = page;
  const title = say('新建链接', 'New link');
  const here = (one: MadeKind): Html =>
    html`<li><a href="/console/links/new?kind=${one}${page.merchantId !== '' && html`&amp;merchant=${page.merchantId}`}"${one === kind && html` aria-current="page"`} data-testid="kind-${one}">${LINK_KIND_LABELS[one][lang]}</a></li>`;
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/links/new',
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a></p>
<div class="ask panel"><h1>${title}</h1>
<nav class="tabs" aria-label="${say('哪一种', 'Which kind')}"><ul>${MADE_KINDS.map(here)}</ul></nav>
${kind !== 'page' && html`<p class="told">${say('收多少、分几份，建好以后不能再改。', 'What it asks for, and of whom, never changes once it is made.')}</p>`}
${renderFaults(page.faults)}
<form method="post" action="/console/links/new">${tokenField(visitor)}<input type="hidden" name="nonce" value="${page.nonce}"><input type="hidden" name="kind" value="${kind}">
${renderShops(visitor, page)}
${renderFields(visitor, kind, newFields(kind), texts)}
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="create">${title}</button><a class="button button-plain" href="/console/links">${say('取消', 'Cancel')}</a></p>
</form></div>`,
  });
}

/** Many links for a shop, from what was pasted. */
export function renderBulk(visitor: Visitor, page: NewLinkPage & { rows: string }): string {
  const { say } = visitor;
  const title = say('批量新建', 'Bulk create');
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/links/bulk',
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a></p>
<div class="ask ask-wide panel"><h1>${title}</h1>
<p>${say(`第一行写字段名，之后每行一个链接，最多 ${LINKS_PER_CALL_MAX} 个。可以从表格软件直接粘贴。有一行不对，就一个也不建。`, `The first line names the fields, then a line for each link, at most ${LINKS_PER_CALL_MAX}. Paste it from a spreadsheet program as it is. Where one line is wrong, none is made.`)}</p>
<p class="fine">${say('字段：', 'Fields: ')}<span class="mono">${LINK_FIELD_NAMES.join(', ')}</span></p>
${renderFaults(page.faults)}
<form method="post" action="/console/links/bulk">${tokenField(visitor)}<input type="hidden" name="nonce" value="${page.nonce}">
${renderShops(visitor, page)}
<p><label for="rows">CSV</label><textarea id="rows" name="rows" class="mono" rows="12" spellcheck="false" required data-testid="rows" placeholder="page,title,price">${page.rows}</textarea></p>
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="create">${title}</button><a class="button button-plain" href="/console/links">${say('取消', 'Cancel')}</a></p>
</form></div>`,
  });
}

/** What was made of them. */
export function renderMade(visitor: Visitor, made: readonly { id: string; url: string; title: string }[]): string {
  const { say } = visitor;
  const title = say(`新建了 ${made.length} 个链接`, `${made.length} links were made`);
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/links/bulk',
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a></p>
<h1 data-testid="made">${title}</h1>
${table(
  title,
  [say('标题', 'Title'), say('链接', 'Link')],
  made.map(
    ({ id, url, title: said }) =>
      html`<tr><td class="said"><a href="/console/links/${id}">${said}</a></td><td class="mono">${url}</td></tr>`,
  ),
)}`,
  });
}

function renderShops({ say }: Visitor, { shops, merchantId }: NewLinkPage): Html {
  return html`<p><label for="merchant">${say('商家', 'Shop')}</label><select id="merchant" name="merchant" required data-testid="merchant">${shops.map(({ id, name }) => html`<option value="${id}"${id === merchantId && html` selected`}>${name}</option>`)}</select></p>`;
}
