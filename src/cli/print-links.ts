import type { LinkStats, Named } from '../links/count/read-link-stats.ts';
import type { LinkContent, LinkHost, ReadyLink } from '../links/link.ts';
import { proofFileKindOf } from '../links/hosts/proof-file-kinds.ts';
import type { LinkVersion } from '../links/links.ts';
import { type ShownLinkApp, showLink, showLinkApp, showLinkHost, showLinkVersion } from '../links/show-link.ts';
import type { WhereLinksAre } from '../links/ready-link.ts';
import type { LinkApp } from '../links/link.ts';
import { formatMoney, money } from '../money/money.ts';
import type { Terminal } from './command.ts';
import { layOut, printRows, toJson } from './print.ts';

const TITLE_LETTERS = 32;

/** Links as a table: what each is, where it leads, and how it stands. As JSON they are as the API shows them. */
export function printLinks(
  terminal: Terminal,
  isJson: boolean,
  where: WhereLinksAre,
  links: readonly ReadyLink[],
): void {
  if (isJson) for (const ready of links) terminal.print(toJson(shownOf(where, ready)));
  else
    printRows(
      terminal,
      false,
      links,
      [
        { title: 'ID', show: ({ link }) => link.id },
        { title: 'LINK', show: ({ url }) => url },
        { title: 'KIND', show: ({ link }) => link.kind },
        { title: 'TITLE', show: ({ link }) => shorten(link.title) },
        { title: 'PRICE', show: ({ link }) => priceOf(link), right: true },
        { title: 'STATE', show: ({ link }) => link.state },
        { title: 'WHOSE', show: ({ ownerName }) => ownerName },
        { title: 'SINCE', show: ({ link }) => link.createdAt.toISOString() },
      ],
      'There is no link: hutong link create --page <url> --title <text>',
    );
}

export function shownOf(where: WhereLinksAre, { link, servedHost }: ReadyLink): ReturnType<typeof showLink> {
  return showLink(where, link, link.servedBy === null ? null : servedHost);
}

/** One link with everything that it says, and how it was opened. */
export function printLink(terminal: Terminal, ready: ReadyLink, stats: LinkStats): void {
  const { link, url, ownerName, apps } = ready;
  const facts: [string, string | null][] = [
    ['link', url],
    ['id', link.id],
    ['whose', ownerName],
    ['state', link.stateReason === null ? link.state : `${link.state}: ${link.stateReason}`],
    ['kind', link.kind],
    ['title', link.title],
    ['description', link.description],
    ['page', link.page],
    ['in the apps', link.appPath],
    ['picture', link.imageUrl],
    ['price', link.price === null ? null : priceOf(link)],
    ['availability', link.availability],
    ['until', link.expiresAt?.toISOString() ?? null],
    ['version', `${link.version} of ${link.updatedAt.toISOString()}`],
    ['apps', apps.length === 0 ? null : apps.map(({ name }) => name).join(', ')],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, fact] of facts) if (fact !== null) terminal.print(`${name.padEnd(width)}  ${fact}`);
  terminal.print('');
  printStats(terminal, stats);
}

/** The figures of a span, and by what they are made up. */
export function printStats(terminal: Terminal, { wish, totals, tops }: LinkStats): void {
  const paid = totals.amounts.map(({ currency, minor }) => formatMoney(money(currency, minor))).join(', ');
  terminal.print(`${wish.from} to ${wish.until}, days in Asia/Shanghai:`);
  terminal.print(
    `  ${count(totals.opens, 'open')} by ${count(totals.people, 'person', 'people')} (each day's added up)`,
  );
  terminal.print(`  ${count(totals.robots, 'robot')} apart`);
  terminal.print(`  ${count(totals.taps, 'step')} tapped`);
  terminal.print(`  ${count(totals.payments, 'payment')}${paid === '' ? '' : `, ${paid}`}`);
  for (const [name, list] of Object.entries(tops)) if (list.length > 0) terminal.print(`  by ${name}: ${listed(list)}`);
}

function listed(list: readonly Named[]): string {
  return list.map(({ value, count: times }) => `${value} ${times}`).join(', ');
}

function count(times: number, one: string, many = `${one}s`): string {
  return `${times} ${times === 1 ? one : many}`;
}

/** Newest version first. */
export function printHistory(terminal: Terminal, isJson: boolean, versions: readonly LinkVersion[]): void {
  if (isJson) return versions.forEach((version) => terminal.print(toJson(showLinkVersion(version))));
  const rows = versions.map((version, index) => ({ version, before: versions[index + 1] }));
  for (const line of layOut(rows, [
    { title: 'VERSION', show: ({ version }) => `${version.version}`, right: true },
    { title: 'AT', show: ({ version }) => version.at.toISOString() },
    { title: 'BY', show: ({ version }) => version.by },
    { title: 'STATE', show: ({ version }) => version.state },
    { title: 'WHY', show: ({ version }) => version.stateReason ?? '-' },
    { title: 'WHAT', show: ({ version, before }) => changesOf(version, before).join('; ') || '-' },
  ]))
    terminal.print(line);
}

/** What a version says otherwise than the one before it; the first says everything. */
function changesOf({ content }: LinkVersion, before: LinkVersion | undefined): string[] {
  if (before === undefined) return [content.title];
  const said = wordsOf(content);
  const was = wordsOf(before.content);
  return Object.entries(said)
    .filter(([name, word]) => was[name] !== word)
    .map(([name, word]) => `${name} ${word}`);
}

function wordsOf(content: LinkContent): Record<string, string> {
  return {
    page: content.page ?? 'none',
    app_path: content.appPath ?? 'none',
    title: content.title,
    description: content.description ?? 'none',
    image_url: content.imageUrl ?? 'none',
    price: content.price === null ? 'none' : priceOf(content),
    availability: content.availability ?? 'none',
    direct: content.direct ? 'yes' : 'no',
    expires_at: content.expiresAt?.toISOString() ?? 'none',
  };
}

/** Hosts, and of those that are not proved what has to stand where. */
export function printHosts(terminal: Terminal, isJson: boolean, hosts: readonly LinkHost[]): void {
  const shown = hosts.map(showLinkHost);
  printRows(
    terminal,
    isJson,
    shown,
    [
      { title: 'ID', show: (row) => row.id },
      { title: 'HOST', show: (row) => row.host },
      { title: 'FOR', show: (row) => row.uses.join(', ') },
      { title: 'PROVED', show: (row) => row.proved_at ?? 'not yet' },
    ],
    'There is no host: hutong link host add <host>',
  );
  if (isJson) return;
  for (const host of shown) if (host.proved_at === null) printProof(terminal, host);
}

/** What a serving host shows at its root, and where each is to be seen. */
export function printHostFiles(terminal: Terminal, isJson: boolean, { host, files }: LinkHost): void {
  printRows(
    terminal,
    isJson,
    files,
    [
      { title: 'FILE', show: ({ name }) => name },
      { title: 'FOR', show: ({ name }) => proofFileKindOf(name)?.for ?? '-' },
      { title: 'ADDRESS', show: ({ name }) => `https://${host}/${name}` },
    ],
    `${host} shows no file: hutong link host files ${host} --put <file>`,
  );
}

/** Exactly what to put where. */
function printProof(terminal: Terminal, { id, host, uses, proof }: ReturnType<typeof showLinkHost>): void {
  const { line, file_url: fileUrl, dns_name: dnsName } = proof;
  terminal.print('');
  if (fileUrl === null && dnsName === null) terminal.print(`${host} is this machine: nothing has to be put anywhere.`);
  else terminal.print(`To prove ${host}${fileUrl !== null && dnsName !== null ? ', do one of these' : ''}:`);
  if (fileUrl !== null) terminal.print(`  a file at ${fileUrl} with this line:\n    ${line}`);
  if (dnsName !== null) terminal.print(`  a TXT record in DNS:\n    ${dnsName}. IN TXT "${line}"`);
  if (uses.includes('serve') && dnsName !== null)
    terminal.print(`  and let ${host} point to this server, for links to be served under it.`);
  terminal.print(`Then: hutong link host prove ${id}`);
}

export function printApps(terminal: Terminal, isJson: boolean, apps: readonly LinkApp[]): void {
  printRows(
    terminal,
    isJson,
    apps.map(showLinkApp),
    [
      { title: 'ID', show: (row) => row.id },
      { title: 'NAME', show: (row) => row.name },
      { title: 'KIND', show: (row) => row.settings.kind },
      { title: 'APP', show: (row) => appIdOf(row.settings) },
      { title: 'SINCE', show: (row) => row.created_at },
    ],
    'There is no app: hutong link app put <file>',
  );
}

function appIdOf(settings: ShownLinkApp['settings']): string {
  return settings.kind === 'android' ? settings.package : settings.app_id;
}

function priceOf({ price }: Pick<LinkContent, 'price'>): string {
  return price === null ? '-' : formatMoney(money(price.currency, price.minor));
}

function shorten(text: string): string {
  const letters = Array.from(text);
  return letters.length <= TITLE_LETTERS ? text : `${letters.slice(0, TITLE_LETTERS - 1).join('')}…`;
}
