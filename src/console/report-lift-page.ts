import { html } from '../base/html.ts';
import type { Brake } from '../links/safety/reports.ts';
import { renderPage, tokenField } from './frame.ts';
import { reasonField } from './link-act-page.ts';
import { chip } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** Asks back before people are no longer warned of something, or kept from it. */
export function renderLift(
  visitor: Visitor,
  { brake, reason, fault }: { brake: Brake; reason: string; fault: string | null },
): string {
  const { say } = visitor;
  const { subject, effect } = brake;
  const title = say('解除', 'Lift it');
  const path = `/console/brakes/${subject.kind}/${encodeURIComponent(subject.id)}/lift`;
  return renderPage(visitor, {
    title,
    part: 'links',
    path,
    body: html`<p class="crumbs"><a href="/console/links">${say('链接', 'Links')}</a> <a href="/console/reports">${say('举报', 'Reports')}</a></p>
<div class="ask panel"><h1>${title}${say('？', '?')}</h1>
<p>${chip(effect === 'block' ? 'bad' : 'warn', effect === 'block' ? say('封禁', 'blocked') : say('提醒', 'warned of'))} <span class="mono">${subject.id}</span></p>
<p class="fine">${brake.reason}</p>
<p class="told">${
      effect === 'block'
        ? say(
            '重新可以新建指向它的链接。已经下架的链接要一个个恢复。',
            'Links can be made again. Those that were taken down are brought back one by one.',
          )
        : say('打开之前不再提醒。', 'People are no longer warned before it opens.')
    }</p>
${fault !== null && html`<p class="alert" id="fault" role="alert" data-testid="fault">${fault}</p>`}
<form method="post" action="${path}">${tokenField(visitor)}${reasonField(visitor, reason, fault)}
<p class="ask-buttons"><button class="button button-main" type="submit" data-testid="confirm">${title}</button><a class="button button-plain" href="/console/reports" data-testid="cancel">${say('取消', 'Cancel')}</a></p>
</form></div>`,
  });
}
