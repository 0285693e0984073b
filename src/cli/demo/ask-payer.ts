import type { Cashier } from '../../cashier/cashier.ts';
import { type PayerWish, payerAskUrl, readPayer } from '../../cashier/identify-payer.ts';
import type { Payer } from '../../wallets/wallet.ts';
import { CliError } from '../command.ts';

const HOPS_MAX = 5;
const RETURN_URL = 'https://shop.example/back';
const USER_AGENT = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 UnionPay/1.0 CloudPay';

/**
 * What a page inside the wallet's browser goes through, against a simulator: to the wallet and back, with something that tells
 * who pays. Null where the wallet needs no payer. @throws CliError when the wallet does not tell
 */
export async function askPayer(cashier: Cashier, wish: PayerWish & { paymentId: string }): Promise<Payer | null> {
  let at = await payerAskUrl(cashier, { ...wish, returnUrl: RETURN_URL, state: 'demo' });
  if (at === null) return null;
  for (let hop = 0; hop < HOPS_MAX && !at.startsWith(RETURN_URL); hop++) at = await nextPage(at);
  const query = Object.fromEntries(new URL(at).searchParams);
  const reading = await readPayer(cashier, { ...wish, query, userAgent: USER_AGENT });
  if (reading.kind !== 'payer') throw new CliError(`${wish.wallet} did not tell who pays: ${reading.reason}.`);
  return reading.payer;
}

/** Follows a redirect; a page that asks for consent gets it. */
async function nextPage(at: string): Promise<string> {
  const [url = at] = at.split('#');
  let reply = await fetch(url, { redirect: 'manual' });
  if (reply.status === 200) {
    const { origin, pathname, searchParams } = new URL(url);
    searchParams.set('answer', 'allow');
    reply = await fetch(origin + pathname, { method: 'POST', body: searchParams, redirect: 'manual' });
  }
  return new URL(reply.headers.get('location') ?? '', url).href;
}
