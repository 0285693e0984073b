/**
 * A piece of HTML that is safe to send. Only `html` and `rawHtml` make one; its text is private, so that nothing that
 * was parsed from outside can look like it.
 */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template. `null`, `undefined` and `false` print nothing. */
export type HtmlValue = Html | string | number | bigint | null | undefined | false | readonly HtmlValue[];

/**
 * html`<p class="${name}">${text}</p>`: every value is escaped, pieces of Html are put in as they are, lists are joined.
 * Attributes must be quoted in the template; values never go inside <script> or <style>.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += toText(value) + (strings[index + 1] ?? '');
  });
  return new Html(text);
}

/** HTML that we wrote ourselves, such as a drawn mark. Never hand it anything that came from outside. */
export function rawHtml(text: string): Html {
  return new Html(text);
}

/** The address if it is one a link may lead to (http or https), else `#`: `javascript:` and friends are never linked. */
export function linkUrl(text: string): string {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : '#';
}

function toText(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(toText).join('');
  return escapeHtml(String(value));
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');
}
