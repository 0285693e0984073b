import { html, type Html } from '../base/html.ts';
import { LINK_REASON_CHARS_MAX } from '../base/link-limits.ts';
import type { ReadyLink } from '../links/link.ts';
import { type LinkAct, linkActWords } from './link-act-words.ts';
import { mayBe } from './link-page.ts';
import { LINK_STATES } from './link-words.ts';
import { renderPage, tokenField } from './frame.ts';
import { chip } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** Asks back before a link is stopped, taken down or let run again. */
export function renderLinkAct(
  visitor: Visitor,
  { ready, act, reason, fault }: { ready: ReadyLink; act: LinkAct; reason: string; fault: string | null },
): string {
  const { say, lang } = visitor;
  const { link, url } = ready;
  const { button, told } = linkActWords(visitor, act);
  const back = `/console/links/${link.id}`;
  const state = LINK_STATES[link.state];
  return renderPage(visitor, {
    title: `${button} · ${link.title}`,
    part: 'links',
    path: `${back}/${act}`,
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a> <a href="${back}">${link.title}</a></p>
<div class="ask panel"><h1>${button}${say('？', '?')}</h1>
<p>${chip(state.tone, state.label[lang])} ${link.title} <span class="fine mono">${url}</span></p>
${
  mayBe(act, link.state)
    ? html`<p class="told">${told}</p>
${fault !== null && html`<p class="alert" id="fault" role="alert" data-testid="fault">${fault}</p>`}
<form method="post" action="${back}/${act}">${tokenField(visitor)}<input type="hidden" name="seen" value="${link.state} ${link.version}">${act !== 'resume' && reasonField(visitor, reason, fault)}
<p class="ask-buttons"><button class="button button-${act === 'resume' ? 'main' : 'danger'}" type="submit" data-testid="confirm">${button}</button><a class="button button-plain" href="${back}" data-testid="cancel">${say('取消', 'Cancel')}</a></p>
</form>`
    : html`<p class="alert" role="alert" data-testid="fault">${say(`它现在${state.label['zh-CN']}，不能这样做。`, `It is ${state.label.en}; this cannot be done.`)}</p><p><a class="button button-plain" href="${back}">${say('返回', 'Back')}</a></p>`
}</div>`,
  });
}

/** Where something is decided, why: its owner reads it. */
export function reasonField({ say }: Visitor, reason: string, fault: string | null): Html {
  return html`<p><label for="reason">${say('为什么？它的主人会看到，会永久保留。', 'Why? Its owner reads it, and it is kept for ever.')}</label>
<textarea id="reason" name="reason" rows="3" maxlength="${LINK_REASON_CHARS_MAX}" required${fault !== null && html` aria-describedby="fault"`} data-testid="reason">${reason}</textarea></p>`;
}
