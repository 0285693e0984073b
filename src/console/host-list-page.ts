import { html, type Html } from '../base/html.ts';
import type { Merchant } from '../cashier/merchant.ts';
import { proofPlacesOf } from '../links/hosts/look-for-proof.ts';
import type { LinkHost } from '../links/link.ts';
import { renderPage, tokenField } from './frame.ts';
import { linkTabs } from './link-tabs.ts';
import { USES } from './link-words.ts';
import { chip, empty, table, time } from './parts.ts';
import type { Visitor } from './visitor.ts';

export interface HostList {
  hosts: readonly LinkHost[];
  shops: readonly Merchant[];
  /** Whose hosts are shown; null: everybody's. */
  merchantId: string | null;
  typed: { merchantId: string; host: string };
  fault: string | null;
  done: string | null;
}

/** Hosts that shops have named, how each is proved, and a new one. */
export function renderHostList(visitor: Visitor, page: HostList): string {
  const { say } = visitor;
  const title = say('域名', 'Hosts');
  return renderPage(visitor, {
    title,
    part: 'links',
    path: '/console/hosts',
    notice: page.done,
    body: html`<h1>${title}</h1>
${linkTabs(visitor, 'hosts')}
<p>${say('链接只能指向商家已经证明是自己的域名。证明每隔一段时间会再看一次。', 'Links lead to hosts alone that their shop has proved to own. A proof is looked at again from time to time.')}</p>
${page.hosts.length === 0 ? empty(say('还没有域名。', 'There is no host yet.')) : renderHosts(visitor, page)}
<section><h2>${say('加一个域名', 'Add a host')}</h2>${renderForm(visitor, page)}</section>`,
  });
}

function renderHosts(visitor: Visitor, { hosts, shops }: HostList): Html {
  const { say, lang } = visitor;
  const names = new Map<string, string>(shops.map(({ id, name }) => [id, name]));
  const rows = hosts.map((host) => {
    const proof = proofPlacesOf(host);
    const places = [
      ...(proof.dnsName === null ? [] : [html`TXT <span class="mono">${proof.dnsName}</span>`]),
      ...(proof.fileUrl === null ? [] : [html`<span class="mono">${proof.fileUrl}</span>`]),
    ];
    return html`<tr data-testid="${host.id}"><td><span class="mono">${host.host}</span></td><td class="said">${names.get(host.merchantId) ?? host.merchantId}</td><td>${host.uses.map((use) => html`${USES[use][lang]}<br>`)}</td><td>${host.provedAt === null ? chip('warn', say('未证明', 'not proved')) : html`${chip('good', say('已证明', 'proved'))}<br><span class="fine">${time(host.provedAt)}</span>`}</td><td class="why">${host.provedAt === null ? (places.length === 0 ? say('现在就能证明', 'can be proved now') : html`<span class="mono">${proof.line}</span><br><span class="fine">${places.map((place, index) => html`${index > 0 && say(' 或 ', ' or ')}${place}`)}</span>`) : '–'}</td><td><form class="row-form" method="post" action="/console/hosts/${host.id}/prove">${tokenField(visitor)}<button class="quiet" type="submit" data-testid="prove">${say('现在检查', 'Check now')}</button></form> ${host.uses.includes('serve') && html`<a class="quiet" href="/console/hosts/${host.id}/files?merchant=${host.merchantId}" data-testid="files">${say('验证文件', 'Proof files')}${host.files.length > 0 && ` ${host.files.length}`}</a> `}<a class="quiet" href="/console/hosts/${host.id}/drop?merchant=${host.merchantId}" data-testid="drop">${say('移除', 'Remove')}</a></td></tr>`;
  });
  return table(
    say('域名', 'Hosts'),
    [
      say('域名', 'Host'),
      say('商家', 'Shop'),
      say('用途', 'Used for'),
      say('证明', 'Proof'),
      say('还要做什么', 'What is still to be done'),
      say('动作', 'Action'),
    ],
    rows,
  );
}

function renderForm(visitor: Visitor, { shops, typed, fault }: HostList): Html {
  const { say, lang } = visitor;
  return html`<form class="ask panel" method="post" action="/console/hosts">${tokenField(visitor)}
${fault !== null && html`<p class="alert" id="fault" role="alert" data-testid="fault">${fault}</p>`}
<p><label for="merchant">${say('商家', 'Shop')}</label><select id="merchant" name="merchant" required data-testid="merchant">${shops.map(({ id, name }) => html`<option value="${id}"${id === typed.merchantId && html` selected`}>${name}</option>`)}</select></p>
<p><label for="host">${say('域名', 'Host')}</label><input id="host" name="host" value="${typed.host}" maxlength="260" placeholder="shop.example" autocomplete="off" spellcheck="false" required data-testid="host"></p>
<fieldset><legend>${say('用途', 'Used for')}</legend>${(['target', 'serve'] as const).map((use) => html`<p class="check"><input type="checkbox" id="${use}" name="${use}" value="yes"${use === 'target' && html` checked`}><label for="${use}">${USES[use][lang]}</label></p>`)}</fieldset>
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="add">${say('加上', 'Add')}</button></p></form>`;
}

/** Asks back before a host counts no more. */
export function renderDrop(visitor: Visitor, host: LinkHost): string {
  const { say } = visitor;
  const title = say('移除这个域名', 'Remove this host');
  return renderPage(visitor, {
    title: `${title} · ${host.host}`,
    part: 'links',
    path: `/console/hosts/${host.id}/drop?merchant=${host.merchantId}`,
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a> <a href="/console/hosts">${say('域名', 'Hosts')}</a></p>
<div class="ask panel"><h1>${title}${say('？', '?')}</h1>
<p class="mono">${host.host}</p>
<p class="told">${say('指向它的链接、在它下面的短链接，一秒之内都打不开。', 'Links that lead to it, and short links under it, open nothing any more within a second.')}</p>
<form method="post" action="/console/hosts/${host.id}/drop">${tokenField(visitor)}
<p class="ask-buttons"><button class="button button-danger" type="submit" data-testid="confirm">${title}</button><a class="button button-plain" href="/console/hosts" data-testid="cancel">${say('取消', 'Cancel')}</a></p>
</form></div>`,
  });
}
