import { LINK_CODE_CHARS } from '../../base/link-limits.ts';
import type { LinkApp } from '../link.ts';
import { type AppleComponent, type ComponentMatch, matchComponents } from './association-components.ts';

/** `/.well-known/apple-app-site-association`. */
export interface AppleAssociation {
  applinks: { details: { appIDs: string[]; components: readonly AppleComponent[] }[] };
}

/** One statement of `/.well-known/assetlinks.json`. */
export interface AssetStatement {
  relation: string[];
  target: { namespace: 'android_app'; package_name: string; sha256_cert_fingerprints: string[] };
}

/** Android: the app may handle every https address of the host; which of them it wants stands in its own manifest. */
const HANDLE_ALL_URLS = 'delegate_permission/common.handle_all_urls';

const ONE_CODE = '?'.repeat(LINK_CODE_CHARS);

/**
 * What an app opens under a host that serves links: a link itself, with whatever query, and nothing below it, where it is paid, reported and
 * drawn by us. Read from the top.
 */
export const LINK_COMPONENTS: readonly AppleComponent[] = [
  { '/': '/.well-known/*', exclude: true, comment: 'files about the host itself' },
  { '/': `/${ONE_CODE}/*`, exclude: true, comment: 'pages of ours about a link: paying, reporting, pictures' },
  { '/': `/${ONE_CODE}`, '?': { app: 'none' }, exclude: true, comment: 'the app was tried and is not there' },
  { '/': `/${ONE_CODE}`, comment: 'a link, with any query' },
];

/** @param apps of the merchant whose host it is */
export function buildAppleAssociation(apps: readonly LinkApp[]): AppleAssociation {
  const appIDs = [...new Set(apps.flatMap(({ settings }) => (settings.kind === 'ios' ? [settings.appId] : [])))];
  return { applinks: { details: appIDs.length === 0 ? [] : [{ appIDs, components: LINK_COMPONENTS }] } };
}

/** One statement for each package; what is registered twice is claimed once, with the certificates of both. */
export function buildAssetLinks(apps: readonly LinkApp[]): AssetStatement[] {
  const certificates = new Map<string, Set<string>>();
  for (const { settings } of apps) {
    if (settings.kind !== 'android') continue;
    const known = certificates.get(settings.package) ?? new Set();
    for (const certificate of settings.certificates) known.add(certificate);
    certificates.set(settings.package, known);
  }
  return [...certificates]
    .filter(([, known]) => known.size > 0)
    .map(([name, known]) => ({
      relation: [HANDLE_ALL_URLS],
      target: { namespace: 'android_app', package_name: name, sha256_cert_fingerprints: [...known] },
    }));
}

export interface AssociationAnswer {
  system: 'ios' | 'android';
  /** The app's id or package. */
  app: string;
  opens: boolean;
  /** The rule that decides, from 0, as it stands in the file; null where none fits, and on Android, where the manifest has the rules. */
  rule: { index: number; component: AppleComponent } | null;
  because: string;
}

/**
 * What the association files that we serve say about an address, app by app: what iOS and Android do when it is tapped elsewhere.
 * @param apps of the host's merchant; of our own address none, since every merchant's links stand there
 */
export function explainAssociation(address: string, apps: readonly LinkApp[]): AssociationAnswer[] {
  if (!URL.canParse(address)) return [];
  const url = new URL(address);
  const { details } = buildAppleAssociation(apps).applinks;
  const apple = details.flatMap(({ appIDs, components }) => {
    const match = matchComponents(components, url);
    return appIDs.map((app): AssociationAnswer => ({ system: 'ios', app, ...explainMatch(url, match) }));
  });
  const google = buildAssetLinks(apps).map(
    ({ target }): AssociationAnswer => ({
      system: 'android',
      app: target.package_name,
      opens: url.protocol === 'https:',
      rule: null,
      because:
        url.protocol === 'https:'
          ? `${url.host} is claimed with ${target.sha256_cert_fingerprints.length} certificate(s); the app’s manifest says which paths it takes`
          : 'app links are https',
    }),
  );
  return [...apple, ...google];
}

function explainMatch(url: URL, match: ComponentMatch | null): Pick<AssociationAnswer, 'opens' | 'rule' | 'because'> {
  if (url.protocol !== 'https:') return { opens: false, rule: null, because: 'universal links are https' };
  if (match === null) return { opens: false, rule: null, because: 'no rule fits' };
  const { index, component, opens } = match;
  const because = `rule ${index + 1} ${opens ? 'fits' : 'excludes it'}: ${component.comment ?? JSON.stringify(component)}`;
  return { opens, rule: { index, component }, because };
}
