import type { Api, Card, Lang, Move, ProofOffer } from '../../../app/api.ts';
import type { Random } from '../../../base/random.ts';
import { CliError } from '../../command.ts';

/** Somebody who uses the wallet over its own HTTP door, as the app in a browser does: cookies, headers, keys and all. */
export interface Person {
  call<Route extends keyof Api>(route: Route, input?: Input<Route>): Promise<Api[Route]['reply']>;
  /** The lines of a stream. */
  lines<Route extends keyof Api>(route: Route, input?: Input<Route>): Promise<Api[Route]['reply'][]>;
}

interface Input<Route extends keyof Api> {
  params?: Api[Route] extends { params: infer P } ? P : never;
  query?: Api[Route] extends { query: infer Q } ? Q : never;
  body?: Api[Route] extends { body: infer B } ? B : never;
}

export interface PersonOptions {
  /** Where the app lives, as the wallet knows itself. */
  walletUrl: string;
  random: Random;
}

export function createPerson({ walletUrl, random }: PersonOptions): Person {
  const cookies = new Map<string, string>();

  async function ask(route: string, input: Input<keyof Api> = {}): Promise<Response> {
    const [method = 'GET', pattern = ''] = route.split(' ');
    const params: Record<string, string> = { ...(input.params as object | undefined) }; // texts by the names in the route
    const query = new URLSearchParams({ ...(input.query as object | undefined) }); // texts as well
    const path = pattern.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
    const reply = await fetch(`${walletUrl}${path}${query.size === 0 ? '' : `?${query.toString()}`}`, {
      method,
      headers: {
        ...(cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(method === 'GET'
          ? {}
          : {
              'content-type': 'application/json',
              'x-hutong-app': '1',
              origin: walletUrl,
              'idempotency-key': random.bytes(16).toString('hex'),
            }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(input.body ?? {}) }),
    });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    if (!reply.ok) throw new CliError(`${route} answered ${reply.status}: ${await reply.text()}`);
    return reply;
  }

  return {
    async call(route, input) {
      return JSON.parse(await (await ask(route, input)).text());
    },
    async lines(route, input) {
      const text = await (await ask(route, input)).text();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
  };
}

/** The code in the message that `work` makes come. */
export type CodeAfter = (work: () => Promise<unknown>) => Promise<string>;

/** Signs up with a phone and the code that comes to it. */
export async function signUp(
  person: Person,
  { phone, lang, codeAfter }: { phone: string; lang: Lang; codeAfter: CodeAfter },
): Promise<void> {
  let code_id = '';
  const code = await codeAfter(async () => {
    ({ code_id } = await person.call('POST /api/sign-in/code', { body: { phone, lang } }));
  });
  await person.call('POST /api/sign-in', { body: { code_id, phone, code, device_name: 'hutong demo', lang } });
}

type ActBody = Api['POST /api/proofs']['body'];

/** Proves an act by PIN, and by a code as well where that is asked for. */
export async function prove(
  person: Person,
  act: ActBody,
  how: { pin: string; codeAfter: CodeAfter },
): Promise<{ token: string; offer: ProofOffer }> {
  const offer = await person.call('POST /api/proofs', { body: act });
  const params = { id: offer.proof_id };
  const wantsCode = !offer.ways.includes('pin');
  const sendCode = () => person.call('POST /api/proofs/:id/code', { params, body: {} });
  const code = wantsCode ? await how.codeAfter(sendCode) : null;
  const { token } = await person.call('POST /api/proofs/:id', { params, body: { pin: how.pin, code, passkey: null } });
  return { token, offer };
}

export const isOver = (move: Move): boolean => ['succeeded', 'failed', 'canceled'].includes(move.state);

export const cardName = (card: Card): string => `${card.bank_name['zh-CN']} ${card.bank} ·${card.last4}`;
