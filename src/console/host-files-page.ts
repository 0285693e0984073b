import { html, type Html } from '../base/html.ts';
import { LINK_HOST_FILE_BYTES_MAX, LINK_HOST_FILES_MAX } from '../base/link-limits.ts';
import { proofFileKindOf } from '../links/hosts/proof-file-kinds.ts';
import type { LinkHost, ProofFile } from '../links/link.ts';
import { renderPage, tokenField } from './frame.ts';
import { linkTabs } from './link-tabs.ts';
import { PROOF_FILES } from './link-words.ts';
import { chip, empty, table } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** Longer than every name of a proof file. */
const NAME_CHARS_MAX = 80;

export interface HostFiles {
  host: LinkHost;
  typed: ProofFile;
  fault: string | null;
  done: string | null;
}

/** The files that a serving host shows at its root, by which platforms believe whose it is: one more, or one fewer. */
export function renderHostFiles(visitor: Visitor, page: HostFiles): string {
  const { say } = visitor;
  const { host } = page;
  const title = say('验证文件', 'Proof files');
  return renderPage(visitor, {
    title: `${title} · ${host.host}`,
    part: 'links',
    path: `${pathOf(host)}?merchant=${host.merchantId}`,
    notice: page.done,
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a> <a href="/console/hosts?merchant=${host.merchantId}">${say('域名', 'Hosts')}</a></p>
<h1>${title}</h1>
${linkTabs(visitor, 'hosts')}
<p><span class="mono">${host.host}</span> ${standing(visitor, host)}</p>
<p>${say('微信、企业微信、支付宝、谷歌先在域名的根目录看到一个它们给的文件，才相信域名是谁的。', 'WeChat, WeCom, Alipay and Google want to see a file that they gave out at the root of a host before they believe whose the host is.')}</p>
${host.files.length === 0 ? empty(say('还没有文件。', 'There is no file yet.')) : renderFiles(visitor, host)}
${host.uses.includes('serve') && html`<section><h2>${say('放一个文件', 'Put a file there')}</h2>${renderForm(visitor, page)}</section>`}`,
  });
}

function pathOf({ id }: Pick<LinkHost, 'id'>): string {
  return `/console/hosts/${id}/files`;
}

function standing({ say }: Visitor, { uses, provedAt }: LinkHost): Html {
  if (!uses.includes('serve'))
    return chip(
      'off',
      say('短链接不在它下面，它的页面不归我们', 'no short links are served under it: its pages are not ours'),
    );
  return provedAt === null
    ? chip('warn', say('未证明，文件还看不到', 'not proved: its files are not shown yet'))
    : chip('good', say('文件看得到', 'its files are shown'));
}

function renderFiles(visitor: Visitor, host: LinkHost): Html {
  const { say, lang } = visitor;
  const rows = host.files.map(({ name, content }) => {
    const kind = proofFileKindOf(name);
    const asker = kind === null ? '–' : (PROOF_FILES[kind.kind]?.[lang] ?? kind.for);
    return html`<tr data-testid="${name}"><td><span class="mono">${name}</span><br><span class="fine mono">https://${host.host}/${name}</span></td><td><span class="mono">${content}</span></td><td>${asker}</td><td><form class="row-form" method="post" action="${pathOf(host)}/drop">${hiddenFields(visitor, host)}<input type="hidden" name="name" value="${name}"><button class="quiet" type="submit" aria-label="${say(`移除 ${name}`, `Remove ${name}`)}" data-testid="drop">${say('移除', 'Remove')}</button></form></td></tr>`;
  });
  const heads = [say('文件', 'File'), say('内容', 'Content'), say('谁要看', 'Asked for by'), say('动作', 'Action')];
  return table(say('验证文件', 'Proof files'), heads, rows);
}

function renderForm(visitor: Visitor, { host, typed, fault }: HostFiles): Html {
  const { say } = visitor;
  return html`<form class="ask panel" method="post" action="${pathOf(host)}">${hiddenFields(visitor, host)}
${fault !== null && html`<p class="alert" id="fault" role="alert" data-testid="fault">${fault}</p>`}
<p class="fine">${say(`名字和内容都照平台给的写；同名的会换掉，最多 ${LINK_HOST_FILES_MAX} 个。`, `Name and content as the platform gave them; one of the same name is replaced, and there are at most ${LINK_HOST_FILES_MAX}.`)}</p>
<p><label for="name">${say('文件名', 'Name')}</label><input id="name" name="name" value="${typed.name}" maxlength="${NAME_CHARS_MAX}" placeholder="MP_verify_H2Jt0ih2ZyTRl0pO.txt" autocomplete="off" spellcheck="false" required${fault !== null && html` aria-describedby="fault"`} data-testid="name"></p>
<p><label for="content">${say('内容', 'Content')}</label><textarea id="content" name="content" rows="2" maxlength="${LINK_HOST_FILE_BYTES_MAX}" spellcheck="false" required${fault !== null && html` aria-describedby="fault"`} data-testid="content">${typed.content}</textarea></p>
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="put">${say('放上', 'Put it there')}</button></p></form>`;
}

function hiddenFields(visitor: Visitor, { merchantId }: LinkHost): Html {
  return html`${tokenField(visitor)}<input type="hidden" name="merchant" value="${merchantId}">`;
}
