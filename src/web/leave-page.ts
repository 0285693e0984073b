import { html, linkUrl } from '../base/html.ts';
import { assert } from '../base/assert.ts';
import type { Lang } from '../base/lang.ts';
import { renderPage } from './page.ts';
import { texts } from './texts.ts';

/**
 * Sends the browser on to a wallet by a plain navigation: by script at once, else by itself after a second or by its
 * button. A redirect would do the same but for three things: browsers hold a redirect after a form to form-action, wallets
 * may look at the page that one comes from (WeChat Pay's H5 page does), and Back should lead to the cashier.
 */
export function renderLeave(url: string, lang: Lang): string {
  assert(linkUrl(url) === url, 'a wallet is reached by http or https');
  const text = texts[lang];
  return renderPage({
    lang,
    title: text.redirectTitle,
    scripts: ['hand-over.js'],
    head: html`<noscript><meta http-equiv="refresh" content="1;url=${url}"></noscript>\n`,
    body: html`<main class="sheet message" data-testid="redirect">
<div class="spinner" aria-hidden="true"></div>
<h1>${text.redirectTitle}</h1>
<p class="muted">${text.redirectHint}</p>
<p><a class="button" href="${url}" data-leave data-testid="continue">${text.redirectButton}</a></p>
</main>`,
  });
}
