import type { Visit } from './visit.ts';

const COOKIE = 'shop_link';
/** A purchase within a day is put down to the link that brought the buyer. */
const COOKIE_SECONDS = 86_400;
/** As Hutong writes codes; whatever else stands there is nothing that we pass on. */
const CODE = /^[A-Za-z0-9]{6,16}$/;

/**
 * The code of the share link that brought this buyer: Hutong adds it to the product's address, the product's page hands it to its form, and a
 * cookie keeps it for who looks around first. A hint for counting and no more: anybody can write it into an address.
 */
export function cameBy({ request, query }: Visit, form?: URLSearchParams): string | null {
  const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  const kept = cookies.find(([name]) => name === COOKIE)?.[1];
  const codes = [form?.get('link'), query.get('hutong_link'), kept];
  return codes.find((code) => CODE.test(code ?? '')) ?? null;
}

export function cameByCookie(code: string): string {
  return `${COOKIE}=${code}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax`;
}
