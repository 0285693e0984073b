import type { AppName } from '../../wallets/detect/app-row.ts';

/** `maybe`: some versions do, or a list that we cannot see decides; it is offered behind what is sure. */
export type Chance = 'yes' | 'maybe' | 'no';

/** What an app's built-in browser can open from a page. Where the app keeps "open in browser" stands in its row of wallets/detect/apps.ts. */
export interface Ability {
  /** Which https pages open: any host's, or hosts of the app's own family alone. */
  pages: 'all' | 'own_hosts';
  /** The family, registrable domains; its subdomains belong to it. Empty where `pages` is all. */
  ownHosts: readonly string[];
  /** iOS: a tap on an https address that an app has claimed opens the app. */
  universalLinks: Chance;
  /** Android: the same for verified app links. */
  appLinks: Chance;
  /** Android: `intent://` with a fallback address. */
  intents: Chance;
  /** Schemes of other apps: none, those of a list that we cannot see, or all. */
  schemes: 'none' | 'list' | 'all';
  /** wx-open-launch-weapp and wx-open-launch-app. */
  wechatTags: boolean;
  /** `alipays://platformapi/…`. */
  alipayScheme: Chance;
  /** Nothing leaves the page without a finger on it. */
  needsTap: boolean;
  /** documented: a document says so. reported: common experience, the cautious reading. operator: this installation's own file. */
  evidence: 'documented' | 'reported' | 'operator';
  because: string;
}

export type Abilities = Readonly<Record<AppName, Ability>>;
