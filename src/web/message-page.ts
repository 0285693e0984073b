import { html } from '../base/html.ts';
import type { Lang } from '../base/lang.ts';
import { renderFooter, renderPage } from './page.ts';
import { symbol } from './symbols.ts';
import { texts } from './texts.ts';

/** What a person can run into outside the payment's own states. */
export type MessageKind =
  | 'not_found'
  | 'not_available'
  | 'try_again'
  | 'changed'
  | 'code_off'
  | 'bad_request'
  | 'broken';

export interface Message {
  lang: Lang;
  kind: MessageKind;
  /** Where to go from here, such as back to the cashier; null when there is nowhere. */
  next: { href: string; label: 'back_to_cashier' | 'try_again' } | null;
  /** Shown small, so that a buyer can quote it to the shop. */
  requestId: string | null;
}

/** A page for people where an API would answer with a problem: says what happened, whether money moved, what to do. */
export function renderMessage(message: Message): string {
  const text = texts[message.lang];
  const { title, hint } = text.messages[message.kind];
  return renderPage({
    lang: message.lang,
    title,
    scripts: [],
    body: html`<main class="sheet message" data-testid="message" data-kind="${message.kind}">
${symbol('notice')}
<h1>${title}</h1>
<p class="muted">${hint}</p>
${message.next && html`<a class="button" href="${message.next.href}">${text.messageNext[message.next.label]}</a>`}
${message.requestId && html`<p class="fine">${text.requestId} <span class="mono">${message.requestId}</span></p>`}
</main>
${renderFooter(message.lang, null)}`,
  });
}
