import { html, type Html, linkUrl } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { PASTE_FIELD_CHARS_MAX } from '../../base/link-limits.ts';
import type { ForeignApp, ForeignHost, PastedPlace } from '../../links/kouling/open-pasted.ts';
import type { ReadyLink } from '../../links/link.ts';
import { toPreview } from '../../links/preview/preview.ts';
import { assetPath } from '../assets.ts';
import { renderFooter, renderPage } from '../page.ts';
import { symbol } from '../symbols.ts';
import { pasteTexts, type PasteTexts } from './paste-texts.ts';

export const PASTE_PATH = '/paste';

export interface PastePage {
  lang: Lang;
  /** What was read; null while nothing is. */
  place: PastedPlace | null;
  fault: 'tooMany' | 'foreignForm' | null;
}

/** A box to paste into, or what the pasted text is and where it leads. Every way on is a link that the person taps. */
export function renderPastePage(page: PastePage): string {
  const text = pasteTexts[page.lang];
  return renderPage({
    lang: page.lang,
    title: text.title,
    scripts: ['paste.js'],
    head: html`<link rel="stylesheet" href="${assetPath('paste.css')}">
`,
    body: html`${page.place === null ? renderBox(page, text) : renderPlace(page.place, page.lang, text)}
${renderFooter(page.lang, PASTE_PATH)}`,
  });
}

function renderBox({ lang, fault }: PastePage, text: PasteTexts): Html {
  return html`<main class="sheet paste" data-testid="paste">
<h1>${text.title}</h1>
<p class="muted">${text.hint}</p>
${fault && html`<p class="alert" role="alert" data-testid="fault">${text[fault]}</p>\n`}<form method="post" action="${PASTE_PATH}?lang=${lang}" data-paste data-testid="paste-form">
<label class="visually-hidden" for="text">${text.label}</label>
<textarea class="field" id="text" name="text" rows="6" maxlength="${PASTE_FIELD_CHARS_MAX}" required autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="${text.placeholder}" data-testid="paste-field"></textarea>
<button class="button" type="submit" data-busy="${text.busy}" data-testid="read">${text.read}</button>
<button class="button plain" type="button" hidden data-clipboard data-denied="${text.clipboardDenied}" data-testid="clipboard">${text.fromClipboard}</button>
<p class="alert alert-calm" role="status" hidden data-clipboard-said></p>
</form>
<p class="fine">${text.notKept}</p>
</main>`;
}

function renderPlace(place: PastedPlace, lang: Lang, text: PasteTexts): Html {
  return html`<main class="sheet paste" data-testid="pasted" data-kind="${place.kind}" data-app="${place.read.app}">
${renderBody(place, lang, text)}
<p><a class="link-line" href="${PASTE_PATH}?lang=${lang}" data-testid="another">${text.another}</a></p>
</main>`;
}

function renderBody(place: PastedPlace, lang: Lang, text: PasteTexts): Html {
  switch (place.kind) {
    case 'link':
      return place.standing === 'active'
        ? renderOurs(place.ready, null, place, lang, text)
        : renderNone(text.gone[place.standing], text.gone.goneHint, place, text);
    case 'deferred':
      return renderOurs(place.ready, text.askFirst, place, lang, text);
    case 'deferral':
    case 'spent':
      return renderNone(text.gone.spent, text.gone.goneHint, place, text);
    case 'no_link':
      return renderNone(text.gone.no_link, text.gone.goneHint, place, text);
    case 'mistyped':
      return renderNone(text.mistyped.title, text.mistyped.hint, place, text);
    case 'nothing':
      return renderNone(text.nothing.title, text.nothing.hint, place, text);
    case 'foreign':
      return renderForeign(place, lang, text);
    default:
      return place satisfies never;
  }
}

function renderOurs(ready: ReadyLink, note: string | null, place: PastedPlace, lang: Lang, text: PasteTexts): Html {
  const { price } = toPreview(ready, lang);
  return html`${renderMark(ready.ownerName)}
<p class="from">${text.ours}</p>
<h1 data-testid="title">${ready.link.title}</h1>
${price && html`<p class="price">${price.text}</p>\n`}<p class="muted">${text.ownedBy(ready.ownerName)}</p>
${renderFacts([[text.leadsTo, ready.servedHost, 'host']])}
${note && html`<p class="alert alert-calm">${note}</p>\n`}${renderWarnings(place, text)}<a class="button" href="${linkUrl(`${ready.url}?via=text`)}" data-testid="go">${text.openOurs}</a>`;
}

function renderForeign(
  { read, app, host, copy }: Extract<PastedPlace, { kind: 'foreign' }>,
  lang: Lang,
  text: PasteTexts,
): Html {
  const name = app?.name[lang] ?? null;
  const kind = read.kind === 'token' || read.kind === 'mini_program' ? read.kind : 'link';
  const heading = read.title ?? (name === null ? text.plainLink : text.kinds[kind]);
  return html`${renderMark(name ?? host?.shown ?? '?')}
${name !== null && html`<p class="from">${text.from(name)} · ${text.kinds[kind]}</p>\n`}<h1 data-testid="title">${heading}</h1>
${renderFacts([
  [text.leadsTo, host?.shown ?? null, 'host'],
  [text.token, read.token, 'token'],
  [text.shareCode, read.shareCode, 'share-code'],
])}
${renderHostWarnings(host, text)}${renderWarnings({ read }, text)}${
  read.url === null
    ? html`${app !== null && html`<p class="muted way">${text.appsOwn(name ?? '')} ${text.copyThen(name ?? '')}</p>\n`}${renderCopy(copy, true, text)}${app !== null && renderApp(app, true, name ?? '', text)}`
    : html`<a class="button${host?.isSuspicious === true && html` careful`}" href="${linkUrl(read.url)}" rel="noopener noreferrer nofollow" data-testid="open-link">${text.openLink}</a>
${app !== null && renderApp(app, false, name ?? '', text)}${renderCopy(copy, false, text)}`
}`;
}

/** The app is opened by a fixed address of its own; what was pasted goes there by the clipboard. */
function renderApp(app: ForeignApp, isOnlyWay: boolean, name: string, text: PasteTexts): Html {
  return html`<a class="button${!isOnlyWay && html` plain`}" href="${app.way.scheme}" rel="noopener noreferrer nofollow" data-testid="open-app">${text.openApp(name)}</a>
<p class="fine">${text.openMaybe}</p>
`;
}

function renderCopy(copy: string, isOpen: boolean, text: PasteTexts): Html {
  return html`<details class="copy"${isOpen && html` open`}><summary>${text.copyLabel}</summary>
<label class="visually-hidden" for="copy">${text.copyLabel}</label><textarea class="field mono" id="copy" rows="3" readonly data-testid="copy-text">${copy}</textarea>
<button class="button plain" type="button" hidden data-copy="copy" data-copied="${text.copied}" data-by-hand="${text.copyByHand}" data-testid="copy">${text.copy}</button>
</details>`;
}

function renderNone(title: string, hint: string, place: PastedPlace, text: PasteTexts): Html {
  return html`${symbol('notice')}
<h1>${title}</h1>
<p class="muted">${hint}</p>
${renderWarnings(place, text)}`;
}

function renderMark(name: string): Html {
  return html`<span class="badge" aria-hidden="true">${name.match(/[\p{L}\p{N}]/u)?.[0]}</span>`;
}

function renderFacts(rows: readonly [string, string | null, string][]): Html | null {
  const shown = rows.filter((row): row is [string, string, string] => row[1] !== null);
  if (shown.length === 0) return null;
  return html`<dl class="facts">${shown.map(([name, value, id]) => html`<div><dt>${name}</dt><dd class="mono" data-testid="${id}">${value}</dd></div>`)}</dl>`;
}

function renderHostWarnings(host: ForeignHost | null, text: PasteTexts): Html | null {
  if (host === null) return null;
  // Of what is wrong with its letters the first says enough.
  const found = host.warnings.filter((each) => each !== 'imitates' || !host.warnings.includes('mixed_scripts'));
  const said = found.map((each) => text.hostWarnings[each]).filter((each) => each !== undefined);
  if (host.looksLike !== null) said.unshift(text.looksLike(host.looksLike));
  return html`${said.map((each) => html`<p class="alert" role="alert" data-testid="host-warning">${each}</p>\n`)}`;
}

const LOUD = new Set(['credentials_removed', 'not_the_apps_host', 'looks_private']);

function renderWarnings({ read }: Pick<PastedPlace, 'read'>, text: PasteTexts): Html {
  return html`${read.warnings.map((each) => html`<p class="alert${!LOUD.has(each) && html` alert-calm`}" data-testid="warning" data-warning="${each}">${text.warnings[each]}</p>\n`)}`;
}
