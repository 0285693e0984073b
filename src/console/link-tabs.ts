import { html, type Html } from '../base/html.ts';
import type { Visitor } from './visitor.ts';

export type LinkTab = 'links' | 'reports' | 'hosts';

/** What belongs to links, side by side. */
export function linkTabs({ say, reportsWaiting }: Visitor, here: LinkTab): Html {
  const tabs = [
    { tab: 'links', path: '/console/links', text: say('链接', 'Links') },
    {
      tab: 'reports',
      path: '/console/reports',
      text:
        (reportsWaiting ?? 0) === 0
          ? say('举报', 'Reports')
          : say(`举报（${reportsWaiting}）`, `Reports (${reportsWaiting})`),
    },
    { tab: 'hosts', path: '/console/hosts', text: say('域名', 'Hosts') },
  ] as const;
  return html`<nav class="tabs" aria-label="${say('链接的各部分', 'Parts of links')}"><ul>${tabs.map(({ tab, path, text }) => html`<li><a href="${path}"${tab === here && html` aria-current="page"`}>${text}</a></li>`)}</ul></nav>`;
}
