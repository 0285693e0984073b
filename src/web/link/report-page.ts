import { html, type Html } from '../../base/html.ts';
import type { Lang } from '../../base/lang.ts';
import { REPORT_CONTACT_CHARS_MAX, REPORT_CONTACT_DAYS, REPORT_WORDS_CHARS_MAX } from '../../base/link-limits.ts';
import { REPORT_REASONS, type ReportReason } from '../../links/safety/reports.ts';
import { symbol } from '../symbols.ts';
import { reportStyle } from './report-style.ts';
import { reportTexts, type ReportTexts } from './report-texts.ts';

export interface ReportPage {
  lang: Lang;
  /** The link's own page, without a slash at the end. */
  base: string;
  title: string;
  ownerName: string;
  /** Where it leads, as it may be shown; null where it is a page of ours. */
  host: string | null;
  /** What was sent, when it is shown again. */
  typed: { reason: ReportReason | null; words: string; contact: string };
  fault: 'reason' | 'words' | 'tooMany' | 'foreign' | null;
}

/** A plain form; works without script, and under a merchant's host, where nothing else of ours is reachable. */
export function renderReportPage(page: ReportPage): string {
  const text = reportTexts[page.lang];
  return frame(
    page,
    text.title,
    html`<main data-testid="report-page">
<h1>${text.title}</h1>
<p class="fine">${text.hint}</p>
<div class="about"><b>${page.title}</b><span class="fine">${text.from(page.ownerName)}${page.host !== null && html`<br>${text.leadsTo(page.host)}`}</span></div>
${renderFault(page, text)}<form method="post" action="${page.base}/report?lang=${page.lang}" data-testid="report-form">
<fieldset${page.fault === 'reason' && html` aria-describedby="fault"`}><legend>${text.why}</legend>
${REPORT_REASONS.map((reason) => renderReason(reason, page, text))}</fieldset>
<p class="field"><label class="name" for="words">${text.words}</label>
<textarea id="words" name="words" maxlength="${REPORT_WORDS_CHARS_MAX}" placeholder="${text.wordsPlaceholder}"${page.fault === 'words' && html` aria-invalid="true" aria-errormessage="fault"`}>${page.typed.words}</textarea></p>
<p class="field"><label class="name" for="contact">${text.contact}</label>
<input class="text" id="contact" name="contact" value="${page.typed.contact}" maxlength="${REPORT_CONTACT_CHARS_MAX}" placeholder="${text.contactPlaceholder}" autocomplete="email" aria-describedby="contact-hint">
<span class="fine" id="contact-hint">${text.contactHint(REPORT_CONTACT_DAYS)}</span></p>
<button class="button" type="submit" data-testid="send-report">${text.send}</button>
</form>
<a class="plain" href="${page.base}">${text.back}</a>
</main>`,
  );
}

/** What is told when the report has been written down. */
export function renderReported(page: Pick<ReportPage, 'lang' | 'base'>): string {
  const text = reportTexts[page.lang];
  return frame(
    page,
    text.thanks,
    html`<main class="done" data-testid="reported">
${symbol('done')}
<h1>${text.thanks}</h1>
<p>${text.thanksHint}</p>
<p>${text.danger}</p>
<a class="plain" href="${page.base}?lang=${page.lang}" data-testid="back">${text.back}</a>
</main>`,
  );
}

function renderReason(reason: ReportReason, page: ReportPage, text: ReportTexts): Html {
  const { name, hint } = text.reasons[reason];
  return html`<label class="reason"><input type="radio" name="reason" value="${reason}" required${page.typed.reason === reason && html` checked`}><span>${name}<span class="fine">${hint}</span></span></label>
`;
}

function renderFault({ fault }: ReportPage, text: ReportTexts): Html | null {
  if (fault === null) return null;
  const said = {
    reason: text.chooseOne,
    words: text.tooLong(REPORT_WORDS_CHARS_MAX),
    tooMany: text.tooMany,
    foreign: text.foreign,
  }[fault];
  return html`<p class="alert" id="fault" role="alert" data-testid="report-fault">${said}</p>
`;
}

/** The frame of these pages: one answer with its style in it, indexed by nobody. */
export function frameReport(page: { lang: Lang; title: string; body: Html; footer: Html | null }): string {
  return html`<!doctype html>
<html lang="${page.lang}">
<head>
<meta charset="utf-8">
<title>${page.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
${reportStyle}
</head>
<body>
${page.body}
${page.footer}</body>
</html>
`.toString();
}

function frame({ lang, base }: Pick<ReportPage, 'lang' | 'base'>, title: string, body: Html): string {
  const other = lang === 'en' ? 'zh-CN' : 'en';
  const footer = html`<footer><a href="${base}/report?lang=${other}" lang="${other}" hreflang="${other}">${reportTexts[lang].otherLang}</a></footer>
`;
  return frameReport({ lang, title, body, footer });
}
