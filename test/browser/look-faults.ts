import type { Page } from 'playwright-core';

/* What a page looks like to whoever uses it, as far as a program can tell; axe-core tells the rest. */

/** Fingers need more room than a mouse: our own rule, and WCAG 2.2, 2.5.8. */
const THUMB_PX = 44;
const MOUSE_PX = 24;

export interface Looked {
  lang: 'zh-CN' | 'en';
  isTouch: boolean;
  /** Names that people gave: they stay in the language they were given in. */
  given: readonly string[];
}

/** One line per fault; an empty list is what we want. The page's focus is lost. */
export async function lookFaults(page: Page, looked: Looked): Promise<string[]> {
  await page.waitForLoadState();
  await page.keyboard.press('Tab'); // from here on, whatever has the focus shows it as for a keyboard
  const wish = { ...looked, leastPx: looked.isTouch ? THUMB_PX : MOUSE_PX };
  return page.evaluate<string[]>(`(${LOOK})(${JSON.stringify(wish)})`);
}

const LOOK = String.raw`(wish) => {
  const faults = [];
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const name = (element) => {
    const words = (element.innerText || element.value || element.getAttribute('aria-label') || '').trim().slice(0, 30);
    return element.tagName.toLowerCase() + (element.className && element.className.baseVal === undefined ? '.' + element.className.trim().split(/\s+/).join('.') : '') + ' "' + words + '"';
  };
  const isSeen = (element) => {
    if (!element.checkVisibility({ opacityProperty: false, visibilityProperty: true })) return false;
    const { width, height, bottom, right } = element.getBoundingClientRect();
    return width > 1 && height > 1 && right > 0 && bottom + scrollY > 0 && !element.closest('.visually-hidden');
  };

  if (document.title.trim() === '') faults.push('no title');
  if (document.documentElement.lang !== wish.lang) faults.push('says its language is ' + document.documentElement.lang);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) faults.push('scrolls sideways');

  // What is tapped is large enough: itself, its label, or what it lies over.
  const isInSentence = (element) => {
    const around = element.parentElement;
    return getComputedStyle(element).display === 'inline' && around.innerText.trim().length > element.innerText.trim().length + 3;
  };
  const areaOf = (element) => {
    const rects = [element.getBoundingClientRect()];
    for (const label of element.labels || []) if (/^(radio|checkbox)$/.test(element.type)) rects.push(label.getBoundingClientRect());
    const over = getComputedStyle(element, '::after');
    if (over.position === 'absolute' && over.content !== 'none' && element.offsetParent) rects.push(element.offsetParent.getBoundingClientRect());
    return [Math.max(...rects.map(({ width }) => width)), Math.max(...rects.map(({ height }) => height))];
  };
  for (const element of all('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (!isSeen(element) || isInSentence(element)) continue;
    const [width, height] = areaOf(element);
    if (height < wish.leastPx - 0.5 || width < Math.min(wish.leastPx, 24) - 0.5)
      faults.push('too small (' + Math.round(width) + ' x ' + Math.round(height) + '): ' + name(element));
  }

  // No words are cut or stick out of their box.
  for (const element of all('body *')) {
    const hasWords = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!hasWords || !isSeen(element) || element.closest('svg, script, style, .uplot')) continue;
    const style = getComputedStyle(element);
    const isWide = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && style.overflowX !== 'auto' && style.overflowX !== 'scroll';
    const isHigh = style.overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 2;
    if (isWide || isHigh) faults.push('cut or sticking out: ' + name(element));
  }

  // Whatever takes the focus shows it, by itself or by what is drawn around it.
  const drawn = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, top } = getComputedStyle(element);
    return [outlineStyle === 'none' ? '' : outlineWidth + outlineColor, boxShadow, borderColor, backgroundColor, top].join();
  };
  const neighbours = (element) => [element, element.nextElementSibling, element.parentElement, element.parentElement.parentElement, ...Array.from(element.parentElement.children)].filter(Boolean);
  const picture = (element) => neighbours(element).map(drawn).join() + ['::before', '::after'].map((part) => { const style = getComputedStyle(element, part); return style.outlineStyle + style.outlineWidth; }).join();
  const focusable = all('a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary').filter(isSeen).slice(0, 60);
  for (const element of focusable) {
    if (document.activeElement) document.activeElement.blur();
    const before = picture(element);
    element.focus({ preventScroll: true });
    if (document.activeElement === element && picture(element) === before) faults.push('no ring of focus: ' + name(element));
  }
  if (document.activeElement) document.activeElement.blur();

  // What is said: in one language, with nothing of the machine in it.
  const wordsOf = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll('[aria-hidden=true]').forEach((hidden) => hidden.remove());
    return copy.textContent;
  };
  const without = (text) => wish.given.reduce((rest, given) => rest.replaceAll(given, ''), text);
  const isForeign = (text) => (wish.lang === 'en' ? /\p{Script=Han}/u.test(text) : /[A-Za-z]{3,} [A-Za-z]{2,}/.test(text) && !/\p{Script=Han}/u.test(text));
  for (const element of all('button, a.button, th, h1, h2, h3, label, legend, summary, dt, nav a, title, [aria-label], [alt], [placeholder]')) {
    if (element.closest('[lang]:not(html)') || element.querySelector('[lang]')) continue;
    for (const text of [wordsOf(element), element.getAttribute('aria-label'), element.getAttribute('alt'), element.getAttribute('placeholder')])
      if (text && isForeign(without(text))) faults.push('in the other language: ' + text.trim().slice(0, 60));
  }
  const said = document.body.innerText;
  for (const [wrong, why] of [
    [/undefined|NaN|\[object |\bnull\b/, 'of the machine'],
    [/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'a stamp for machines'],
    [/[¥￥] ?\d[\d,]*(\.\d)?(?![\d.,])(?!\.\d)/, 'money without its cents'],
  ]) {
    const found = wrong.exec(said);
    if (found) faults.push(why + ': ' + said.slice(Math.max(0, found.index - 20), found.index + 30).replaceAll('\n', ' '));
  }
  for (const table of all('table')) {
    if (!isSeen(table)) continue;
    if (!table.querySelector('thead th, tr th')) faults.push('a table without headings');
  }
  return Array.from(new Set(faults));
}`;
