import type { Dice } from '../kill/dice.ts';
import { need, pause, toCards } from '../kill/order-steps.ts';
import type { Answer } from '../kill/patient-caller.ts';
import { type OwnCard, PIN, type Somebody } from './people.ts';
import type { Witness } from './witness.ts';

export interface MoveDeps {
  dice: Dice;
  people: readonly Somebody[];
  witness: Witness;
  isOver: () => boolean;
}

type Story = 'own' | 'toFriend' | 'toNumber' | 'repayment' | 'large' | 'twice' | 'scheduled' | 'canceled' | 'raced';

const STORY_CARDS = toCards<Story>({
  own: 40,
  toFriend: 6,
  toNumber: 4,
  repayment: 20,
  large: 4,
  twice: 12,
  scheduled: 4,
  canceled: 6,
  raced: 4,
});

/** What the app may be told for good where nothing is wrong with anybody. */
const REFUSED_QUOTES = ['no_route', 'limit_exceeded', 'too_many_tries', 'payee_not_found'];
const REFUSED_CONFIRMS = ['quote_expired', 'limit_exceeded', 'step_up_invalid', 'step_up_required', 'payee_not_found'];

/** Moves money between cards until it is over, and looks now and then what became of it. */
export async function moveMoney(deps: MoveDeps, who: Somebody): Promise<void> {
  while (!deps.isOver()) await moveOnce(deps, who);
}

async function moveOnce(deps: MoveDeps, who: Somebody): Promise<void> {
  const { dice, witness } = deps;
  const story = dice.pick(STORY_CARDS);
  const [one, two, credit] = who.cards;
  const [from, to] = dice.isBelow(0.5) ? [one, two] : [two, one];
  const friend = dice.pick(deps.people.filter((other) => other !== who));
  const own = { kind: 'own_card', card_id: to.id };
  const small = dice.between(1, 900);
  switch (story) {
    case 'own':
      return watch(deps, who, await send(who, dice, witness, { from, payee: own, minor: small }));
    case 'twice':
      return watch(deps, who, await send(who, dice, witness, { from, payee: own, minor: small, callers: 3 }));
    case 'toFriend': {
      const payee = { kind: 'phone', phone: friend.person.phone };
      return watch(deps, who, await send(who, dice, witness, { from, payee, minor: small }));
    }
    case 'toNumber': {
      const payee = { kind: 'card', number: friend.cards[0].number, name: friend.person.name };
      return watch(deps, who, await send(who, dice, witness, { from, payee, minor: small }));
    }
    case 'repayment': {
      const payee = { kind: 'own_card', card_id: credit.id };
      return watch(deps, who, await send(who, dice, witness, { from, payee, minor: 1000 + small, kind: 'repayment' }));
    }
    case 'large':
      return watch(deps, who, await send(who, dice, witness, { from, payee: own, minor: 100_000 + small }));
    case 'scheduled':
    case 'canceled':
    case 'raced': {
      const ids = await send(who, dice, witness, { from, payee: own, minor: small, arrival: 'ordinary' });
      if (story === 'scheduled') return;
      if (story === 'canceled') await pause(dice.between(0, 300));
      await Promise.all(ids.map((id) => cancel(deps, who, id, story === 'raced' ? 2 : 1)));
      return;
    }
    default:
      story satisfies never;
  }
}

interface Wish {
  from: OwnCard;
  payee: object;
  minor: number;
  kind?: 'repayment';
  arrival?: 'ordinary';
  /** So many send the same confirmation at once. */
  callers?: number;
}

/** Quotes, proves and confirms. Answers the moves; none where it was refused. */
async function send(who: Somebody, dice: Dice, witness: Witness, wish: Wish): Promise<string[]> {
  const { call } = who;
  const kind = wish.kind ?? 'transfer';
  const quote = await call.post('/api/quotes', {
    kind,
    from_card_ids: [wish.from.id],
    payee: wish.payee,
    amount: { currency: 'CNY', minor: String(wish.minor) },
    arrival: wish.arrival ?? 'instant',
    note: dice.isBelow(0.2) ? '房租' : '',
  });
  need(quote, [200], REFUSED_QUOTES);
  if (quote.status !== 200) return [];
  const { quote_id: quoteId, level } = quote.json;
  const proof = level === 'device' ? null : await prove(who, { kind, subject: quoteId, detail: null });
  const answers = await call.postAtOnce(wish.callers ?? 1, '/api/transfers', { quote_id: quoteId, proof });
  for (const answer of answers) {
    need(answer, [200], REFUSED_CONFIRMS);
    if (answer.status === 200) witness.confirm(answer.json.data);
  }
  const told = new Set(answers.map(namesOf));
  if (told.size > 1) witness.contradictions.push(`one key was answered with ${[...told].join(' and with ')}`);
  return answers[0]?.status === 200 ? answers[0].json.data.map((move: { move_id: string }) => move.move_id) : [];
}

/** Which moves an answer is about, or why there are none. */
function namesOf({ status, json }: Answer): string {
  return status === 200 ? json.data.map((move: { move_id: string }) => move.move_id).join() : json.code;
}

/** By PIN; null where that is not enough, or took too long. */
export async function prove(
  { call }: Somebody,
  act: { kind: string; subject: string; detail: string | null },
): Promise<string | null> {
  const offer = await call.post('/api/proofs', act);
  need(offer, [200], ['not_found', 'step_up_invalid']);
  if (offer.status !== 200 || !offer.json.ways.includes('pin')) return null;
  const proven = await call.post(`/api/proofs/${offer.json.proof_id}`, { pin: PIN, code: null, passkey: null });
  need(proven, [200], ['step_up_invalid']);
  return proven.status === 200 ? proven.json.token : null;
}

async function cancel({ witness }: MoveDeps, { call }: Somebody, id: string, callers: number): Promise<void> {
  const answers = await call.postAtOnce(callers, `/api/transfers/${id}/cancel`, {});
  for (const answer of answers) {
    // Asked twice, or again after an answer that was lost: then it is canceled already.
    need(answer, [200], ['transfer_not_cancelable']);
    if (answer.status === 200) witness.cancel(answer.json);
  }
}

const LOOKS_MAX = 4;
/** Who hears that the bank cannot be reached waits before the next try. */
const AFTER_NOT_SENT_MS = 500;

/** Looks as a page does, and goes on with something else before all is known. */
async function watch({ dice, witness, isOver }: MoveDeps, { call }: Somebody, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    for (let looks = 1; looks <= LOOKS_MAX && !isOver(); looks++) {
      await pause(dice.between(20, 150) * looks);
      const { json } = await call.get(`/api/transfers/${id}`);
      witness.see(json);
      if (json.failure === 'not_sent') await pause(AFTER_NOT_SENT_MS);
      if (json.ended_at !== null) break;
    }
}
