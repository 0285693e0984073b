import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { rootDir } from '../../base/root.ts';
import { registerPageAssets } from '../page-base/page-assets.ts';
import { sendPage } from '../wallets/ground/page.ts';
import { readLanguage } from '../wallets/ground/page-text.ts';
import { bankPage } from './bank-page-html.ts';
import type { BankSwitch } from './bank-switch.ts';
import type { BankControl } from './bank.ts';
import { findBank } from './banks.ts';
import { notFoundPage } from './page-frame.ts';
import { peoplePage } from './people-page-html.ts';
import { switchPage } from './switch-page-html.ts';

const ASSETS_DIR = join(rootDir, 'src', 'sandbox', 'bank', 'assets');

interface Asked {
  Querystring: { lang?: string };
  Params: { code: string };
}

/** What people see of the pretend banks: whom there is to try a wallet with, each bank's books, and the switch. */
export async function registerBankPages(app: FastifyInstance, owner: BankSwitch, control: BankControl): Promise<void> {
  await registerPageAssets(app, ASSETS_DIR);

  app.get<Asked>('/', (request, reply) =>
    sendPage(reply, peoplePage(readLanguage(request.query.lang), control.people())),
  );

  app.get<Asked>('/banks/:code', (request, reply) => {
    const language = readLanguage(request.query.lang);
    const bank = findBank(request.params.code);
    if (bank === null) return sendPage(reply.status(404), notFoundPage(language));
    const cards = control.people().flatMap((one) => one.cards.filter((card) => card.bank === bank.code));
    return sendPage(reply, bankPage(language, bank, control.books(bank.code), cards));
  });

  app.get<Asked>('/switch', (request, reply) => {
    const view = {
      day: control.settlementDay(),
      links: control.links(),
      faults: control.faults(),
      totals: control.totals(),
      isBalanced: control.isBalanced(),
      seen: control.seen(),
    };
    return sendPage(reply, switchPage(readLanguage(request.query.lang), view));
  });

  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, body: unknown) => body,
  );
  app.post('/switch/day', (request, reply) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    owner.switchDay();
    return reply.redirect(`/switch?lang=${readLanguage(form.get('lang'))}`, 303);
  });

  app.setNotFoundHandler((request, reply) => {
    const { lang } = Object.fromEntries(new URL(request.url, 'http://localhost').searchParams);
    return sendPage(reply.status(404), notFoundPage(readLanguage(lang)));
  });
}
