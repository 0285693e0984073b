import { generateKeyPairSync } from 'node:crypto';
import type { Flaw } from '../../wallets/open/verify.ts';
import { type CheckCase, expectThat } from './check-case.ts';
import type { Spoil } from './check-client.ts';
import { expectRefused } from './check-world.ts';

/** What the wallet must not believe: each a request that nobody may be able to make. */
export const signatureCases: readonly CheckCase[] = [
  refusing({
    id: 'refuses-unsigned',
    rule: 'A request that is not signed is refused.',
    advice: 'Answer 401 signature_refused where Signature-Input or Signature has no member owp.',
    spoil: () => ({ unsigned: true }),
  }),
  refusing({
    id: 'refuses-changed-body',
    rule: 'A request whose body is not the one that was digested is refused.',
    advice: 'Compute SHA-256 of the body as it came and compare it with Content-Digest, before anything else.',
    spoil: (body) => ({ sentBody: JSON.stringify({ ...body, subject: 'changed on the way' }) }),
  }),
  refusing({
    id: 'refuses-wrong-key',
    rule: 'A request signed with a key that the merchant has not registered is refused.',
    advice: 'Look the key up by the whole keyid, <merchant_no>:<key id>, and verify the signature with it.',
    spoil: () => ({ key: generateKeyPairSync('ed25519').privateKey }),
  }),
  refusing({
    id: 'refuses-other-path',
    rule: 'A signature made for one address does not open another.',
    advice: 'Build "@path" from the request that came, not from what the signature says.',
    needs: ['refuses-wrong-key'],
    spoil: () => ({ signedPath: '/somewhere/else' }),
  }),
  refusing({
    id: 'refuses-uncovered',
    rule: 'A signature over less than the whole request is refused, even if it fits.',
    advice: 'Compare the list of components with the one of the specification; do not only verify what is listed.',
    spoil: () => ({ onlyOver: ['@method', '@path'] }),
  }),
  refusing({
    id: 'refuses-old',
    rule: 'A request signed more than 300 seconds ago is refused.',
    advice: 'Refuse with 401 time_refused where created is more than 300 seconds past, or expires is over.',
    spoil: () => ({ created: -310 }),
  }),
  refusing({
    id: 'refuses-future',
    rule: 'A request signed in the future is refused.',
    advice: 'Refuse with 401 time_refused where created is more than 300 seconds ahead.',
    spoil: () => ({ created: 330 }),
  }),
  refusing({
    id: 'refuses-long-life',
    rule: 'A signature that lives longer than 300 seconds is refused.',
    advice: 'Refuse with 401 time_refused where expires is more than 300 seconds after created.',
    spoil: () => ({ lifetime: 3600 }),
  }),
  {
    id: 'refuses-replay',
    rule: 'A nonce is taken once: a second request with it is refused, also with another body.',
    advice:
      'Keep the nonces of believed requests, per merchant, until their signatures are over; answer 401 nonce_used.',
    section: 'Signatures',
    async run(world) {
      const nonce = world.client.nonce();
      await world.client.get(`/orders/${world.freshNo()}`, { nonce });
      const orderNo = world.freshNo();
      const came = await world.client.post(`/orders/${orderNo}`, world.orderBody(), { nonce });
      expectRefused(came, 'a new order under a nonce that was used before');
    },
  },
];

interface RefusingCase {
  id: string;
  rule: string;
  advice: string;
  needs?: readonly string[];
  spoil: (body: object) => Spoil;
}

/** A spoiled order must be refused, and must not be there afterwards. */
function refusing({ id, rule, advice, needs, spoil }: RefusingCase): CheckCase {
  return {
    id,
    rule,
    advice,
    section: 'Signatures',
    ...(needs === undefined ? {} : { needs }),
    async run(world) {
      const orderNo = world.freshNo();
      const body = world.orderBody();
      expectRefused(await world.client.post(`/orders/${orderNo}`, body, spoil(body)), 'such an order');
      const asked = await world.query(orderNo);
      const isThere = asked.json['state'] === 'open' || asked.json['state'] === 'paid';
      expectThat(!isThere, 'the order was refused, but it is there');
    },
  };
}

/** What is said of every reply of the run; these come last. */
export const observedCases: readonly CheckCase[] = [
  observed({
    id: 'reply-signed',
    rule: 'Every reply is signed, refusals too.',
    advice: 'Send Content-Digest, Signature-Input and Signature, label owp, with every reply.',
    flaws: ['unsigned'],
  }),
  observed({
    id: 'reply-digest',
    rule: "Every reply's Content-Digest is that of its body.",
    advice: 'Digest the bytes as they are sent, after serialising and before anything compresses them.',
    flaws: ['digest'],
  }),
  observed({
    id: 'reply-bound',
    rule: 'Every reply is bound to its request.',
    advice:
      'Sign over exactly the components of the specification, the request’s own signature among them, in its order.',
    flaws: ['covers'],
  }),
  observed({
    id: 'reply-signature',
    rule: 'Every reply’s signature fits, by a key of the manifest.',
    advice:
      'Compare your signature base with the test vectors of appendix B; look at the key, the status and the blanks.',
    flaws: ['signature', 'key', 'stamp'],
  }),
  observed({
    id: 'reply-time',
    rule: 'Every reply is signed just now, for at most 300 seconds.',
    advice: 'Set the clock of the machine; sign each reply anew instead of keeping signed ones.',
    flaws: ['time'],
  }),
  {
    id: 'errors-told',
    rule: 'Every error is problem+json with a documented code, its status, and whether it is final.',
    advice: 'Use the table of errors as it stands; where none fits, answer 500 internal_error, not final.',
    section: 'Errors',
    run: async ({ parts: { observations } }) => expectThat(observations.badError === null, observations.badError ?? ''),
  },
  {
    id: 'amounts-text',
    rule: 'Every amount is an integer of minor units in a text.',
    advice: 'Write {"currency":"CNY","minor":"1234"}; never a JSON number, never a point.',
    section: 'Amounts, times, numbers',
    run: async ({ parts: { observations } }) =>
      expectThat(observations.badAmount === null, observations.badAmount ?? ''),
  },
  {
    id: 'discounts-sum',
    rule: 'What a wallet takes off and what the buyer paid sum to the price.',
    advice:
      'amount stays the price; buyer_paid is amount less all discounts, and no parts are more than their discount.',
    section: 'Discounts',
    run: async ({ parts: { observations } }) =>
      expectThat(observations.badDiscount === null, observations.badDiscount ?? ''),
  },
];

function observed({ flaws, ...rest }: { id: string; rule: string; advice: string; flaws: readonly Flaw[] }): CheckCase {
  return {
    ...rest,
    section: 'Signatures',
    async run({ parts: { observations } }) {
      const flaw = observations.firstFlaw(...flaws);
      expectThat(flaw === null, flaw ?? '');
    },
  };
}
