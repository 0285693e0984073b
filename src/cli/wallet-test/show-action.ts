import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html } from '../../base/html.ts';
import type { CliDeps } from '../command.ts';
import type { Lifetime } from '../lifetime.ts';
import { printQr } from '../print-qr.ts';

/** What the payer does next, as the API shows it; a test order is only ever placed in a scene that ends in one of these. */
export type ShownAction =
  | { type: 'qr'; text: string }
  | { type: 'redirect'; url: string }
  | { type: 'open_app'; app_url: string; fallback_url: string }
  | { type: 'form_post'; url: string; fields: Record<string, string> };

/** Shows the code, or tells the page to open. A page that wants a form is written to a file of its own, gone at the end. */
export async function showAction(deps: CliDeps, life: Lifetime, action: ShownAction): Promise<void> {
  const { terminal } = deps;
  switch (action.type) {
    case 'qr':
      await printQr(terminal, action.text);
      terminal.print(`Scan it with the wallet. It says: ${action.text}`);
      return;
    case 'redirect':
      terminal.print(`Open this in a browser: ${action.url}`);
      return;
    case 'open_app':
      terminal.print(`Open this on a phone: ${action.fallback_url}`);
      return;
    case 'form_post': {
      const folder = await life.own(
        () => mkdtemp(join(deps.tempDir, 'hutong-test-order-')),
        (made) => rm(made, { recursive: true, force: true }),
      );
      const path = join(folder, 'pay.html');
      await writeFile(path, formPage(action), { mode: 0o600 });
      terminal.print(`Open this file in a browser: ${path}`);
      return;
    }
  }
  return action satisfies never;
}

function formPage({ url, fields }: { url: string; fields: Record<string, string> }): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<!doctype html><meta charset="utf-8"><title>测试订单 Test order</title>
<form method="post" action="${url}">${inputs}<button autofocus>去支付 Pay</button></form>`.toString();
}
