import { html, type Html } from '../base/html.ts';
import {
  LINK_DESCRIPTION_CHARS_MAX,
  LINK_TITLE_CHARS_MAX,
  LINK_URL_CHARS_MAX,
  LINKS_PER_CALL_MAX,
} from '../base/link-limits.ts';
import type { Merchant } from '../cashier/merchant.ts';
import { currencies } from '../money/money.ts';
import { renderPage, tokenField } from './frame.ts';
import { LINK_FIELDS, type LinkField, type LinkTexts } from './link-form.ts';
import { AVAILABILITY } from './link-words.ts';
import { table } from './parts.ts';
import type { Visitor } from './visitor.ts';

export interface NewLinkPage {
  shops: readonly Merchant[];
  merchantId: string;
  /** Of this form alone, so that the same form sent twice makes one link. */
  nonce: string;
  faults: readonly string[];
}

/** One new link for a shop, to a page of a host that it has proved. */
export function renderNewLink(visitor: Visitor, page: NewLinkPage & { texts: LinkTexts }): string {
  const { say, lang } = visitor;
  const { texts } = page;
  const title = say('新建链接', 'New link');
  const field = (name: LinkField, label: string, more: Html): Html =>
    html`<p><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${texts[name] ?? ''}"${more} autocomplete="off" data-testid="${name}"></p>`;
  const options = (name: LinkField, list: readonly (readonly [string, string])[]): Html =>
    html`<select id="${name}" name="${name}">${list.map(([value, text]) => html`<option value="${value}"${(texts[name] ?? '') === value && html` selected`}>${text}</option>`)}</select>`;
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/links/new',
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a></p>
<div class="ask panel"><h1>${title}</h1>
${renderFaults(page.faults)}
<form method="post" action="/console/links/new">${tokenField(visitor)}<input type="hidden" name="nonce" value="${page.nonce}">
${renderShops(visitor, page)}
${field('title', say('标题', 'Title'), html` maxlength="${LINK_TITLE_CHARS_MAX}" required`)}
${field('page', say('网页（商家已证明的域名）', 'Page (of a host that the shop has proved)'), html` type="url" maxlength="${LINK_URL_CHARS_MAX}" placeholder="https://" required`)}
${field('description', say('说明', 'Description'), html` maxlength="${LINK_DESCRIPTION_CHARS_MAX}"`)}
<div class="pair">${field('price', say('价格', 'Price'), html` inputmode="decimal" placeholder="12.34"`)}<p><label for="currency">${say('币种', 'Currency')}</label>${options(
      'currency',
      currencies.map((currency) => [currency, currency] as const),
    )}</p></div>
${field('image_url', say('图片', 'Picture'), html` type="url" maxlength="${LINK_URL_CHARS_MAX}" placeholder="https://"`)}
<div class="pair"><p><label for="availability">${say('供货', 'Availability')}</label>${options('availability', [['', '–'], ...Object.entries(AVAILABILITY).map(([value, label]) => [value, label[lang]] as const)])}</p>
${field('expires_at', say('到期（北京时间）', 'Until (Asia/Shanghai)'), html` type="datetime-local"`)}</div>
<div class="pair">${field('app_path', say('App 里的路径（空：同网页）', 'Path in the app (empty: as the page)'), html` placeholder="/item/42"`)}${field('host', say('短链接的域名（空：我们的）', 'Host of the short link (empty: ours)'), html` placeholder="go.shop.example"`)}</div>
<p class="check"><input id="direct" name="direct" type="checkbox" value="yes"${texts.direct === 'yes' && html` checked`}><label for="direct">${say('没有更好的打开方式时，直接到网页', 'Straight to the page where nothing better can be done')}</label></p>
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="create">${title}</button><a class="button button-plain" href="/console/links">${say('不做', 'Do not')}</a></p>
</form></div>`,
  });
}

/** Many links for a shop, from what was pasted. */
export function renderBulk(visitor: Visitor, page: NewLinkPage & { rows: string }): string {
  const { say } = visitor;
  const title = say('批量新建', 'Many links at once');
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/links/bulk',
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a></p>
<div class="ask ask-wide panel"><h1>${title}</h1>
<p>${say(`第一行写字段名，之后每行一个链接，最多 ${LINKS_PER_CALL_MAX} 个。可以从表格软件直接粘贴。有一行不对，就一个也不建。`, `The first line names the fields, then a line for each link, at most ${LINKS_PER_CALL_MAX}. Paste it from a spreadsheet program as it is. Where one line is wrong, none is made.`)}</p>
<p class="fine">${say('字段：', 'Fields: ')}<span class="mono">${LINK_FIELDS.join(', ')}</span></p>
${renderFaults(page.faults)}
<form method="post" action="/console/links/bulk">${tokenField(visitor)}<input type="hidden" name="nonce" value="${page.nonce}">
${renderShops(visitor, page)}
<p><label for="rows">CSV</label><textarea id="rows" name="rows" class="mono" rows="12" spellcheck="false" required data-testid="rows" placeholder="page,title,price">${page.rows}</textarea></p>
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="create">${title}</button><a class="button button-plain" href="/console/links">${say('不做', 'Do not')}</a></p>
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

function renderFaults(faults: readonly string[]): Html {
  if (faults.length === 0) return html``;
  return html`<div class="alert" id="fault" role="alert" data-testid="fault"><ul class="terms">${faults.map((fault) => html`<li>${fault}</li>`)}</ul></div>`;
}

function renderShops({ say }: Visitor, { shops, merchantId }: NewLinkPage): Html {
  return html`<p><label for="merchant">${say('商家', 'Shop')}</label><select id="merchant" name="merchant" required data-testid="merchant">${shops.map(({ id, name }) => html`<option value="${id}"${id === merchantId && html` selected`}>${name}</option>`)}</select></p>`;
}
