import type { NextAction } from '../../../sdk/src/index.ts';
import { CliError } from '../command.ts';

const REDIRECTS_MAX = 5;

/**
 * What the buyer's device does with a next action, against a simulator: a browser posts the form or follows the address, the
 * wallet's scanner reads the code, the wallet's own browser takes over. What an app's SDK would do needs no page.
 * @throws CliError when the other side does not answer as a page does
 */
export async function takeAction(simulatorUrl: string, action: NextAction | null): Promise<void> {
  if (action === null) return; // the buyer is in the wallet already
  switch (action.type) {
    case 'form_post':
      return await open(textOf(action, 'url'), new URLSearchParams(fieldsOf(action)));
    case 'redirect':
      return await open(textOf(action, 'url'), null);
    case 'open_app':
      return await open(textOf(action, 'fallback_url'), null);
    case 'jsapi':
      return await open(textOf(action, 'test_page_url'), null);
    case 'app_order':
      // Alipay's SDK hands the signed text to the gateway; UnionPay's tn stands for an order that is there already.
      if (textOf(action, 'order_string').includes('&'))
        return await open(`${simulatorUrl}/gateway.do?${textOf(action, 'order_string')}`, null);
      return;
    case 'qr':
      return await open(`${simulatorUrl}/sandbox/scan?text=${encodeURIComponent(textOf(action, 'text'))}`, null);
    default: // fields for an app's SDK: the order is at the wallet already
  }
}

async function open(url: string, body: URLSearchParams | null): Promise<void> {
  let reply = await fetch(url, { redirect: 'manual', ...(body === null ? {} : { method: 'POST', body }) });
  let at = url;
  for (let hop = 0; reply.status >= 300 && reply.status < 400 && hop < REDIRECTS_MAX; hop++) {
    at = new URL(reply.headers.get('location') ?? '', at).href;
    reply = await fetch(at, { redirect: 'manual' });
  }
  if (reply.status >= 400) throw new CliError(`${new URL(at).pathname} answered ${reply.status}.`);
}

function textOf(action: NextAction, field: string): string {
  const value = action[field];
  if (typeof value !== 'string') throw new CliError(`The next action has no ${field}.`);
  return value;
}

function fieldsOf(action: NextAction): Record<string, string> {
  return action['fields'] as Record<string, string>; // a form_post always has them
}
