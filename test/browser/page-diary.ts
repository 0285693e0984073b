import type { Page, Request } from 'playwright-core';

/** What a page has done and what it has under way, so that a step that failed explains itself. */
export interface PageDiary {
  tell(): Promise<string>;
}

const LINES_MAX = 30;
const WORDS_MAX = 400;
const LOOK_MS_MAX = 2_000;

/** Listens to the page from now on. */
export function keepDiary(page: Page): PageDiary {
  const startedAt = performance.now();
  const open = new Map<Request, number>();
  const lines: string[] = [];
  const sinceStart = (at: number): string => `${((at - startedAt) / 1000).toFixed(1)} s`;
  const note = (line: string): void => {
    lines.push(`${sinceStart(performance.now())}: ${line}`);
    if (lines.length > LINES_MAX) lines.shift();
  };
  page.on('request', (request) => {
    open.set(request, performance.now());
    if (request.isNavigationRequest()) note(`leaves for ${request.method()} ${request.url()}`);
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => {
    open.delete(request);
    note(`no answer to ${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()} to ${response.request().method()} ${response.url()}`);
  });
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) note(`is at ${frame.url()}`);
  });
  page.on('load', () => note('has loaded'));
  page.on('console', (message) => note(`console, ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => note(`script error: ${String(error)}`));
  page.on('crash', () => note('has crashed'));
  return {
    async tell() {
      const now = performance.now();
      const requests = [...open].map(
        ([request, at]) => `  ${((now - at) / 1000).toFixed(1)} s  ${request.method()} ${request.url()}`,
      );
      return [
        `The page at ${sinceStart(now)} of its life: ${page.isClosed() ? 'closed' : page.url()}`,
        await lookInside(page),
        requests.length === 0 ? 'Nothing is under way.' : `Under way:\n${requests.join('\n')}`,
        `Before that:\n${lines.map((line) => `  ${line}`).join('\n')}`,
      ].join('\n');
    },
  };
}

/** What the document says of itself. An address that is not the page's own tells that two navigations have crossed. */
async function lookInside(page: Page): Promise<string> {
  const script = `[location.href, document.readyState, document.body ? document.body.innerText : ''].join('\\n')`;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('(it does not answer)'), LOOK_MS_MAX);
  });
  const said = await Promise.race([page.evaluate<string>(script).catch(String), late]);
  clearTimeout(timer);
  return `Its document: ${said.replaceAll(/\s*\n\s*/g, ' | ').slice(0, WORDS_MAX)}`;
}
