import { Refusal } from '../base/refusal.ts';
import { openCashier } from '../cashier/cashier.ts';
import type { ReadyLink } from '../links/link.ts';
import type { LinkActor, LinkDesk, LinkFinder } from '../links/links.ts';
import { openLinks } from '../links/open-links.ts';
import type { WhereLinksAre } from '../links/ready-link.ts';
import { openReports } from '../links/safety/open-reports.ts';
import type { Reports } from '../links/safety/reports.ts';
import { createSafeFetch } from '../net/safe-fetch.ts';
import type { CliDeps } from './command.ts';
import { linkUrlOf, type Operator, publicUrlOf, withOperator } from './with-operator.ts';
import { BY_OPERATOR } from './with-wallet-operator.ts';

/** What commands about links work with. */
export interface LinkOperator {
  operator: Operator;
  desk: LinkDesk;
  reader: LinkFinder;
  reports: Reports;
  where: WhereLinksAre;
  livemode: boolean;
}

export const OPERATOR: LinkActor = { kind: 'operator', name: BY_OPERATOR };

/** Links are made by whose they are; that it was done here is written down as the key's name. */
export function madeBy(merchantId: string): LinkActor {
  return { kind: 'merchant', merchantId, keyId: BY_OPERATOR };
}

/** The links of the operator's book; they are read when they are asked for. */
export async function withLinks(deps: CliDeps, work: (links: LinkOperator) => Promise<void>): Promise<void> {
  await withOperator(deps, async (operator) => {
    const { settings, book } = operator;
    const { sql, clock, random, log, keyring } = operator.cashier;
    const isSandbox = settings.mode === 'sandbox';
    const where = { linkUrl: linkUrlOf(settings), isSandbox };
    const safeFetch = createSafeFetch({ allowPrivate: isSandbox });
    const cashier = openCashier(operator.cashier);
    const shared = { sql, clock, random, log, keyring, book };
    const links = openLinks({ ...shared, ...where, publicUrl: publicUrlOf(settings), cashier, safeFetch });
    const reports = openReports({ ...shared, desk: links.desk });
    try {
      await work({ operator, desk: links.desk, reader: links.reader, reports, where, livemode: !isSandbox });
    } finally {
      await Promise.all([links.stop(), reports.stop(), cashier.stop(), safeFetch.close()]);
    }
  });
}

/** The link that somebody named: by its id, its code, or the address that people share. @throws Refusal not_found */
export async function findLink({ desk, reader, where }: LinkOperator, word: string): Promise<ReadyLink> {
  if (word.startsWith('lnk_')) return await desk.get(OPERATOR, word);
  const found = await findByAddress(reader, where, word);
  if (found === null) throw new Refusal('not_found', `there is no link ${word}: hutong link list`);
  return found;
}

/** At our own address a code stands behind `/l/`, at a merchant's host it is the whole path; alone it is of any host. */
async function findByAddress(reader: LinkFinder, { linkUrl }: WhereLinksAre, word: string): Promise<ReadyLink | null> {
  const url = /^https?:/i.test(word) && URL.canParse(word) ? new URL(word) : null;
  if (url === null) return await reader.findByCode(word);
  const [first = '', second = ''] = url.pathname.split('/').slice(1);
  return url.host === new URL(linkUrl).host ? await reader.find(null, second) : await reader.find(url.host, first);
}
