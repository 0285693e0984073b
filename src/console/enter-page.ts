import { html } from '../base/html.ts';
import type { Lang } from '../base/lang.ts';
import type { LinkState } from '../operators/operator-sessions.ts';
import { renderBare } from './frame.ts';
import { timeText } from './parts.ts';
import { type Say, sayIn } from './say.ts';

/** What a link leads to: a button. Programs that look at links beforehand press none, and so use none up. */
export function renderEnter(lang: Lang, link: Extract<LinkState, { kind: 'good' }>, code: string): string {
  const say = sayIn(lang);
  const { operator, linkUntil } = link.session;
  const title = say(`以 ${operator} 的身份进入`, `Go in as ${operator}`);
  return renderBare(
    lang,
    title,
    html`<h1>${title}</h1>
<p>${say('您在这里做的每件事，都会连同这个名字记录下来。', 'Everything you do here is written down under this name.')}</p>
<form method="post" action="/console/enter"><input type="hidden" name="link" value="${code}"><button class="button" type="submit" data-testid="enter">${say('进入', 'Go in')}</button></form>
<p class="fine">${say(`链接只能用一次，${timeText(linkUntil)} 前有效。`, `The link works once, until ${timeText(linkUntil)}.`)}</p>`,
  );
}

/** A link that lets nobody in (any more), and how to get another. */
export function renderBadLink(lang: Lang, kind: Exclude<LinkState['kind'], 'good'>): string {
  const say = sayIn(lang);
  const said = {
    used: say('这个链接已经用过', 'This link has been used'),
    expired: say('这个链接已过期', 'This link is too old'),
    ended: say('这个链接已被作废', 'This link was taken back'),
    unknown: say('没有这个链接', 'There is no such link'),
  }[kind];
  const why = {
    used: say(
      '每个链接只能用一次。如果不是您打开的，请马上用 npx hutong console sessions 查看，并用 console end 结束它。',
      'Each works once. If it was not you who opened it, look at npx hutong console sessions now, and end that one with console end.',
    ),
    expired: say('链接十分钟内有效。', 'A link works for ten minutes.'),
    ended: say('有人在它被打开之前结束了它。', 'Somebody ended it before it was opened.'),
    unknown: say('请检查是否复制完整。', 'See whether all of it was copied.'),
  }[kind];
  return renderBare(lang, said, html`<h1>${said}</h1><p>${why}</p>${howToGetIn(say)}`);
}

/** For whoever has no session that is open. */
export function renderSignedOut(lang: Lang): string {
  const say = sayIn(lang);
  const title = say('请先进入', 'Sign in first');
  return renderBare(
    lang,
    title,
    html`<h1>${title}</h1><p>${say('这个浏览器没有打开的会话，或会话已结束：半小时没有操作就会自动结束。', 'No session is open in this browser, or it has ended: it does after half an hour in which nothing was done.')}</p>${howToGetIn(say)}`,
  );
}

export function renderFault(lang: Lang, fault: { title: string; text: string; id: string | null }): string {
  const say = sayIn(lang);
  return renderBare(
    lang,
    fault.title,
    html`<h1>${fault.title}</h1><p>${fault.text}</p><p><a href="/console">${say('回到总览', 'Back to the overview')}</a></p>${fault.id !== null && html`<p class="fine mono">${fault.id}</p>`}`,
  );
}

function howToGetIn(say: Say) {
  return html`<p>${say('在服务器上运行下面的命令，打开它给出的链接：', 'Run this on the server, and open the link that it prints:')}</p>
<p><code class="block">npx hutong console link --name ${say('您的名字', 'your-name')}</code></p>`;
}
