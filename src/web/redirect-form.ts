import { html } from '../base/html.ts';
import { assert } from '../base/assert.ts';
import type { Lang } from '../base/lang.ts';
import { renderPage } from './page.ts';
import { texts } from './texts.ts';

/** A wallet's form, as its connector hands it over; every field is sent exactly as it stands. */
export interface RedirectForm {
  url: string;
  fields: Record<string, string>;
}

/**
 * A page that sends the buyer's browser to a wallet by POST: by itself with script, by its button without. It replaces
 * itself in the history, so that Back leads to the cashier. Serve it with `redirectFormHeaders(form.url)`.
 */
export function renderRedirectForm(form: RedirectForm, lang: Lang): string {
  assert(/^https?:\/\//.test(form.url), 'a wallet is reached by http or https');
  const text = texts[lang];
  return renderPage({
    lang,
    title: text.redirectTitle,
    scripts: ['redirect.js'],
    body: html`<main class="sheet message" data-testid="redirect">
<div class="spinner" aria-hidden="true"></div>
<h1>${text.redirectTitle}</h1>
<p class="muted">${text.redirectHint}</p>
<form id="redirect" method="post" action="${form.url}" accept-charset="utf-8">
${Object.entries(form.fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}<button class="button" type="submit" data-testid="continue">${text.redirectButton}</button>
</form>
</main>`,
  });
}
