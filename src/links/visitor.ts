import type { AppName } from '../wallets/detect/app-row.ts';
import type { Os } from '../wallets/detect/detect-app.ts';
import type { Lang } from '../base/lang.ts';

/** Who opens a link, as far as the browser says. A hint for what to offer, never a proof. */
export interface Visitor {
  app: AppName;
  /** The app's version as it names it; null where it does not. */
  version: string | null;
  os: Os;
  isPhone: boolean;
  isMiniProgram: boolean;
  /** The name of a robot (`googlebot`, `twitterbot`, …), or null for a person. Known apps are told from robots first. */
  robot: string | null;
  lang: Lang;
}
