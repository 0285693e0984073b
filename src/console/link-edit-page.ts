import { html, type Html } from '../base/html.ts';
import type { LinkTexts } from '../links/fields/field-sheet.ts';
import { LINK_FIELDS, type LinkField, type MadeKind } from '../links/fields/link-fields.ts';
import { changedFields } from '../links/fields/write-link-fields.ts';
import type { ReadyLink } from '../links/link.ts';
import type { LinkVersion } from '../links/links.ts';
import { renderPage, tokenField } from './frame.ts';
import { editFields, renderFaults, renderFields } from './link-fields-part.ts';
import { LINK_STATES } from './link-words.ts';
import { time } from './parts.ts';
import { whoText } from './rollout-page.ts';
import type { Visitor } from './visitor.ts';

export interface LinkEditPage {
  ready: ReadyLink;
  kind: MadeKind;
  texts: LinkTexts;
  faults: readonly string[];
  /** What was written since this person began; null where nothing was. */
  meanwhile: Meanwhile | null;
}

export interface Meanwhile {
  /** From the version that was seen to the one there is, oldest first. */
  versions: readonly LinkVersion[];
  /** Fields that both have changed, each otherwise. */
  both: readonly LinkField[];
}

/** What a link says, to be changed. The version that is looked at goes along, so that nothing is written over what somebody else wrote. */
export function renderLinkEdit(visitor: Visitor, page: LinkEditPage): string {
  const { say } = visitor;
  const { ready, kind, texts, meanwhile } = page;
  const { link, url } = ready;
  const back = `/console/links/${link.id}`;
  const title = say('修改', 'Edit');
  return renderPage(visitor, {
    title: `${title} · ${link.title}`,
    part: 'links',
    path: `${back}/edit`,
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a> <a href="${back}">${link.title}</a></p>
<div class="ask panel"><h1>${title}</h1>
<p>${link.title} <span class="fine mono">${url}</span></p>
${meanwhile !== null && renderMeanwhile(visitor, meanwhile)}
${renderFaults(page.faults)}
<form method="post" action="${back}/edit">${tokenField(visitor)}<input type="hidden" name="from_version" value="${link.version}">
${renderFields(visitor, kind, editFields(kind), texts)}
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="save">${meanwhile === null ? say('保存', 'Save') : say('看过了，保存', 'I have seen it: save')}</button><a class="button button-plain" href="${back}" data-testid="cancel">${say('取消', 'Cancel')}</a></p>
</form></div>`,
  });
}

/** Who came first, what they changed, and what this person has to decide. */
function renderMeanwhile(visitor: Visitor, { versions, both }: Meanwhile): Html {
  const { say, lang } = visitor;
  const steps = versions.slice(1).map((version, index) => {
    const before = versions[index] ?? version;
    const changes = changedFields(before.content, version.content).map(
      ({ field, before: old, after }) =>
        html`<li>${LINK_FIELDS[field].label[lang]}${say('：', ': ')}<del>${old === '' ? '–' : old}</del> → <ins>${after === '' ? '–' : after}</ins></li>`,
    );
    const state = version.state === before.state ? '' : html`<li>${LINK_STATES[version.state].label[lang]}</li>`;
    return html`<li>${say(`第 ${version.version} 版`, `Version ${version.version}`)} · ${whoText(version.by)} · ${time(version.at)}<ul>${changes}${state}</ul></li>`;
  });
  const names = both.map((field) => LINK_FIELDS[field].label[lang]).join(say('、', ', '));
  return html`<div class="alert" id="fault" role="alert" data-testid="meanwhile"><p>${say('您打开以后，有人改了它。还没有保存。', 'Somebody changed it after you opened it. Nothing is saved yet.')}</p>
<ul class="terms">${steps}</ul>
<p>${both.length === 0 ? say('您没有动的几项，下面已经是新的；您改的还在。', 'What you left alone is as they wrote it below; what you wrote is still there.') : say(`两边都改了：${names}。下面是您写的，保存就以您的为准。`, `Both of you changed: ${names}. Below stands what you wrote; saving makes it so.`)}</p></div>`;
}
