import { appRow } from '../../wallets/detect/apps.ts';
import type { ReadyLink } from '../link.ts';
import type { Visitor } from '../visitor.ts';
import type { Abilities, Ability } from './ability.ts';
import type { GoneReason, Opening, Reason, Step, StepKind } from './opening.ts';
import { type Offer, STEP_RULES, type StepPlace } from './step-rules.ts';
import { withLinkCode } from './step-addresses.ts';

export interface OpeningWish {
  now: Date;
  abilities: Abilities;
  /** The app was tried a moment ago and is not on this phone: the page says what can be done without it. */
  lacksApp: boolean;
}

/**
 * What to do with a link where it was opened; pure. There is no choice of where it leads: the only address that anybody is sent to is the link's
 * own page, and only while its host is proved.
 */
export function decideOpening(ready: ReadyLink, visitor: Visitor, wish: OpeningWish): Opening {
  const { link } = ready;
  const gone = goneReason(ready, wish.now);
  if (gone !== null) return { kind: 'gone', reason: gone };
  if (visitor.robot !== null) return { kind: 'card' };
  const place: StepPlace = {
    ready,
    visitor,
    lacksApp: wish.lacksApp,
    ability: visitor.isMiniProgram ? { ...wish.abilities[visitor.app], ...CLOSED } : wish.abilities[visitor.app],
    row: appRow(visitor.app),
    page: link.page === null ? null : new URL(withLinkCode(link.page, link.code)),
  };
  const { steps, why } = choose(place);
  const [best] = steps;
  if (link.direct && best.kind === 'page' && !isItself(ready, best.url)) return { kind: 'redirect', to: best.url, why };
  const leave = steps.find((step) => step.kind === 'open_in_browser');
  return {
    kind: 'landing',
    steps,
    help: leave === undefined ? null : { menu: leave.menu },
    qr: !visitor.isPhone,
    why,
  };
}

/** A mini program's page opens hosts that its owner has listed, and nothing outside of it. */
const CLOSED = {
  universalLinks: 'no',
  appLinks: 'no',
  intents: 'no',
  schemes: 'none',
  wechatTags: false,
  alipayScheme: 'no',
} as const satisfies Partial<Ability>;

/** Why a link opens nothing any more; null where it opens. */
export function goneReason({ link, targets }: ReadyLink, now: Date): GoneReason | null {
  if (link.state !== 'active') return link.state;
  if (link.expiresAt !== null && link.expiresAt.getTime() <= now.getTime()) return 'expired';
  if (link.kind !== 'page') return null;
  return link.page !== null && URL.canParse(link.page) && targets.has(new URL(link.page).host)
    ? null
    : 'host_not_proved';
}

const OWN_APP: ReadonlySet<StepKind> = new Set(['universal_link', 'intent', 'app_link', 'scheme']);

const FOR_PAYING: ReadonlySet<StepKind> = new Set(['pay', 'copy_text']);

/** Sure ways into an app, then the page, then ways that may open, then ways out. One way into the owner's app is enough. */
function choose(place: StepPlace): { steps: [Step, ...Step[]]; why: Reason[] } {
  const isPaid = place.page === null;
  const answers = STEP_RULES.map((rule) => ({
    rule,
    answer:
      isPaid && !FOR_PAYING.has(rule.step) ? 'what is to be paid is paid at our cashier, in any app' : rule.ask(place),
  }));
  const ofOwnApp = answers.flatMap(({ answer }) => (isOffer(answer) && OWN_APP.has(answer.step.kind) ? [answer] : []));
  const intoApp = ofOwnApp.find(({ rank }) => rank === 'sure') ?? ofOwnApp[0];
  const isKept = (offer: Offer): boolean => !OWN_APP.has(offer.step.kind) || offer === intoApp;
  const kept = answers.flatMap(({ answer }) => (isOffer(answer) && isKept(answer) ? [answer] : []));
  const [best, ...others] = RANKS.flatMap((rank) =>
    kept.filter((offer) => offer.rank === rank).map(({ step }) => step),
  );
  const steps: [Step, ...Step[]] = [best ?? { kind: 'copy_text', text: place.ready.url }, ...others];
  const why = answers.map(({ rule, answer }): Reason => {
    const evidence = rule.restsOnApp ? place.ability.evidence : null;
    if (!isOffer(answer)) return { step: rule.step, verdict: 'left_out', because: answer, evidence };
    if (!isKept(answer))
      return {
        step: rule.step,
        verdict: 'left_out',
        because: `one way into the app is enough: ${intoApp?.step.kind}`,
        evidence,
      };
    return {
      step: rule.step,
      verdict: answer.step === steps[0] ? 'best' : 'offered',
      because: answer.because,
      evidence,
    };
  });
  return { steps, why };
}

const RANKS = ['sure', 'main', 'maybe', 'out', 'last'] as const satisfies readonly Offer['rank'][];

function isOffer(answer: Offer | string): answer is Offer {
  return typeof answer !== 'string';
}

/** A page that is this very link would be opened for ever. */
function isItself({ url }: ReadyLink, to: string): boolean {
  const { origin, pathname } = new URL(to);
  return origin + pathname === url;
}
