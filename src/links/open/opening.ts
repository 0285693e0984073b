import type { BrowserMenu } from '../../wallets/detect/app-row.ts';
import type { Ability } from './ability.ts';

/** One thing that a person can do with a link where it was opened. Addresses are whole and safe to stand in an `href`. */
export type Step =
  /** iOS: an https address that the owner's app has claimed. */
  | { kind: 'universal_link'; url: string; appName: string }
  /** Android: the same. */
  | { kind: 'app_link'; url: string; appName: string }
  /** Android: `intent:` with the package's name and our page to fall back on. */
  | { kind: 'intent'; url: string; appName: string }
  | { kind: 'scheme'; url: string; appName: string }
  /** wx-open-launch-app: the open platform's id of the app, and what is handed to it. */
  | { kind: 'wechat_launch_app'; appId: string; extinfo: string; appName: string }
  /** wx-open-launch-weapp: `gh_…` and the program's own page. */
  | { kind: 'wechat_launch_mini'; originalId: string; path: string; appName: string }
  | { kind: 'alipay_scheme'; url: string; appName: string }
  /** The merchant's own page. */
  | { kind: 'page'; url: string; host: string }
  /** Our page of this link where it is paid. */
  | { kind: 'pay'; url: string }
  | { kind: 'store'; url: string; host: string; appName: string }
  | { kind: 'open_in_browser'; menu: Exclude<BrowserMenu, 'none'> }
  | { kind: 'copy_text'; text: string };

export type StepKind = Step['kind'];

/** In the order in which they are thought of; also the names by which taps are counted. */
export const STEP_KINDS = [
  'wechat_launch_mini',
  'wechat_launch_app',
  'alipay_scheme',
  'universal_link',
  'intent',
  'app_link',
  'scheme',
  'pay',
  'page',
  'store',
  'open_in_browser',
  'copy_text',
] as const satisfies readonly StepKind[];

/** Why a step stands where it stands, or is not there; in English, for those who run this. */
export interface Reason {
  step: StepKind;
  verdict: 'best' | 'offered' | 'left_out';
  because: string;
  /** What the answer rests on; null where it follows from the link itself. */
  evidence: Ability['evidence'] | null;
}

/** `host_not_proved`: it would lead to a host that its owner has not, or no longer, proved to own. */
export type GoneReason = 'expired' | 'stopped' | 'taken_down' | 'host_not_proved';

export type Opening =
  | { kind: 'redirect'; to: string; why: readonly Reason[] }
  | {
      kind: 'landing';
      /** The best first; the last needs nothing of the app around the page. */
      steps: readonly [Step, ...Step[]];
      /** Where this app keeps "open in browser", if leaving it is one of the steps. */
      help: { menu: Exclude<BrowserMenu, 'none'> } | null;
      /** A large screen: the link as a code for the phone beside it. */
      qr: boolean;
      why: readonly Reason[];
    }
  | { kind: 'card' }
  | { kind: 'gone'; reason: GoneReason };
