import { chooseLang } from '../base/lang.ts';
import { USER_AGENT_CHARS_MAX } from '../base/limits.ts';
import type { ReadyLink } from '../links/link.ts';
import { ABILITIES } from '../links/open/abilities.ts';
import type { Abilities } from '../links/open/ability.ts';
import { type AssociationAnswer, explainAssociation } from '../links/open/association-files.ts';
import { decideOpening } from '../links/open/decide-opening.ts';
import type { Opening, Reason } from '../links/open/opening.ts';
import { readVisitor } from '../links/open/read-visitor.ts';
import type { Visitor } from '../links/visitor.ts';
import { APPS, appRow } from '../wallets/detect/apps.ts';
import type { AppName } from '../wallets/detect/app-row.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { linkWord } from './link.ts';
import { layOut, toJson } from './print.ts';
import { createStyle } from './style.ts';
import { findLink, withLinks } from './with-links.ts';

const SYSTEMS = ['ios', 'android', 'harmony', 'desktop'] as const;
type System = (typeof SYSTEMS)[number];

export const linkExplainCommand: Command = {
  name: 'link explain',
  summary: 'Say what a link does where it is opened: which app it is, which rule matches, every step and why',
  words: [linkWord],
  options: {
    ua: { value: 'text', what: 'what the browser says of itself (User-Agent)' },
    app: { value: 'name', what: `instead of --ua: ${Object.keys(ABILITIES).join(', ')}` },
    system: { value: 'system', what: `with --app: ${SYSTEMS.join(', ')}; ios when left out` },
    'accept-language': { value: 'text', what: 'the languages that the browser asks for' },
  },
  json: true,
  notes: [
    'Nothing is opened, counted or asked of anybody: the link is read from the database, all the rest is worked out.',
    'Without --ua and --app it says only what every app does.',
  ],
  examples: [
    'hutong link explain https://pay.example/l/Ab3dEf7h --ua "Mozilla/5.0 (iPhone; …) MicroMessenger/8.0.44"',
    'hutong link explain Ab3dEf7h --app douyin --system android',
    'hutong link explain Ab3dEf7h --json',
  ],
  async run(deps, input) {
    const wish = readWish({
      ua: input.text('ua'),
      app: input.text('app'),
      system: input.text('system'),
      acceptLanguage: input.text('accept-language'),
    });
    await withLinks(deps, async (links) => {
      const ready = await findLink(links, input.word('link'));
      const explained = explainLink(ready, wish, deps.clock.now(), links.operator.settings.linkAbilities ?? ABILITIES);
      if (input.json) deps.terminal.print(toJson(explained));
      else printExplained(deps.terminal, explained);
    });
  },
};

export interface ExplainWish {
  /** Who opens it; null: every app is told. */
  visitor: Visitor | null;
  /** By what it was told to be that app. */
  mark: string | null;
}

/** @throws UsageError */
export function readWish(said: {
  ua: string | undefined;
  app: string | undefined;
  system: string | undefined;
  acceptLanguage: string | undefined;
}): ExplainWish {
  if (said.ua !== undefined && said.app !== undefined)
    throw new UsageError('either --ua or --app says where it is opened');
  if (said.system !== undefined && said.app === undefined) throw new UsageError('--system goes with --app');
  if (said.ua !== undefined) {
    if (said.ua.length > USER_AGENT_CHARS_MAX) throw new UsageError(`--ua is at most ${USER_AGENT_CHARS_MAX} letters`);
    return { visitor: readVisitor(said.ua, said.acceptLanguage), mark: markOf(said.ua) };
  }
  if (said.app === undefined) return { visitor: null, mark: null };
  const app = APP_NAMES.find((name) => name === said.app);
  const system = SYSTEMS.find((name) => name === (said.system ?? 'ios'));
  if (app === undefined) throw new UsageError(`--app is one of ${APP_NAMES.join(', ')}`);
  if (system === undefined) throw new UsageError(`--system is one of ${SYSTEMS.join(', ')}`);
  return { visitor: visitorOf(app, system, said.acceptLanguage), mark: null };
}

const APP_NAMES = Object.keys(ABILITIES) as AppName[]; // the table has a row for each

/** A person in the newest version of an app. */
function visitorOf(app: AppName, system: System, acceptLanguage: string | undefined): Visitor {
  return {
    app,
    version: '999.0.0',
    os: system === 'desktop' ? 'windows' : system,
    isPhone: system !== 'desktop',
    isMiniProgram: false,
    robot: null,
    lang: chooseLang(undefined, acceptLanguage),
  };
}

/** The letters by which the app was told, as they stand in the user agent. */
function markOf(userAgent: string): string | null {
  return APPS.find(({ mark }) => mark.test(userAgent))?.mark.exec(userAgent)?.[0] ?? null;
}

export interface Explained {
  link: {
    id: string;
    code: string;
    url: string;
    kind: string;
    title: string;
    state: string;
    served_by: string;
    page: string | null;
  };
  /** What iOS and Android do when the address is tapped outside of a browser, by the files that we serve. */
  associations: AssociationAnswer[];
  visitor:
    | (Pick<Visitor, 'app' | 'version' | 'os' | 'robot' | 'lang'> & {
        is_phone: boolean;
        is_mini_program: boolean;
        mark: string | null;
      })
    | null;
  opening: Opening | null;
  /** The first step in every app, on iOS and on Android. */
  apps: { app: AppName; evidence: string; ios: string; android: string; because: string }[];
}

/** Everything that is known about how a link opens; pure. */
export function explainLink(ready: ReadyLink, wish: ExplainWish, now: Date, abilities: Abilities): Explained {
  const { link, url, servedHost } = ready;
  const decide = (visitor: Visitor): Opening => decideOpening(ready, visitor, { now, abilities, lacksApp: false });
  return {
    link: {
      id: link.id,
      code: link.code,
      url,
      kind: link.kind,
      title: link.title,
      state: link.state,
      served_by: servedHost,
      page: link.page,
    },
    // Our own address claims no app: every merchant's links stand there.
    associations: link.servedBy === null ? [] : explainAssociation(url, ready.apps),
    visitor:
      wish.visitor === null
        ? null
        : {
            app: wish.visitor.app,
            version: wish.visitor.version,
            os: wish.visitor.os,
            robot: wish.visitor.robot,
            lang: wish.visitor.lang,
            is_phone: wish.visitor.isPhone,
            is_mini_program: wish.visitor.isMiniProgram,
            mark: wish.mark,
          },
    opening: wish.visitor === null ? null : decide(wish.visitor),
    apps: APP_NAMES.map((app) => ({
      app,
      evidence: abilities[app].evidence,
      ios: firstOf(decide(visitorOf(app, 'ios', undefined))),
      android: firstOf(decide(visitorOf(app, 'android', undefined))),
      because: abilities[app].because,
    })),
  };
}

function firstOf(opening: Opening): string {
  switch (opening.kind) {
    case 'landing':
      return opening.steps[0].kind;
    case 'redirect':
      return 'page, at once';
    case 'card':
      return 'card';
    case 'gone':
      return opening.reason;
  }
  return opening satisfies never;
}

function printExplained(terminal: Terminal, { link, associations, visitor, opening, apps }: Explained): void {
  const style = createStyle(terminal.hasColour);
  terminal.print(`${style.strong(link.title)}  ${link.url}`);
  terminal.print(
    `${link.kind}, ${link.state}, served by ${link.served_by}${link.page === null ? '' : `, leads to ${link.page}`}`,
  );
  terminal.print('');
  terminal.print(style.strong('Tapped in another app, before any page of ours'));
  if (associations.length === 0) terminal.print('  No app claims this address: it opens as a page.');
  for (const { system, app, opens, because } of associations)
    terminal.print(
      `  ${system === 'ios' ? 'iOS' : 'Android'} ${opens ? style.good('opens') : 'does not open'} ${app}: ${because}`,
    );
  terminal.print('');
  if (visitor !== null && opening !== null) {
    printOpening(terminal, visitor, opening);
    terminal.print('');
  }
  terminal.print(style.strong('The first step in each app'));
  for (const line of layOut(apps, [
    { title: 'APP', show: ({ app }) => app },
    { title: 'IOS', show: ({ ios }) => ios },
    { title: 'ANDROID', show: ({ android }) => android },
    { title: 'RESTS ON', show: ({ evidence }) => evidence },
    { title: 'BECAUSE', show: ({ because }) => because },
  ]))
    terminal.print(`  ${line}`);
}

function printOpening(terminal: Terminal, visitor: NonNullable<Explained['visitor']>, opening: Opening): void {
  const style = createStyle(terminal.hasColour);
  const { en } = appRow(visitor.app);
  const by = visitor.mark === null ? '' : `, told by “${visitor.mark}”`;
  const screen = visitor.is_mini_program ? 'a mini program’s page' : visitor.is_phone ? 'a phone' : 'a large screen';
  const name = `${en}${visitor.version === null ? '' : ` ${visitor.version}`}`;
  terminal.print(`${style.strong('Opened in')} ${name} on ${visitor.os}, ${screen}, in ${visitor.lang}${by}`);
  terminal.print(
    visitor.robot === null ? 'A person: known apps are told from robots first.' : `A robot: ${visitor.robot}.`,
  );
  terminal.print('');
  switch (opening.kind) {
    case 'gone':
      return terminal.print(`It opens nothing: ${opening.reason}.`);
    case 'card':
      return terminal.print('Robots get the card: title, price and picture.');
    case 'redirect':
      terminal.print(`${style.good('Leads on at once')} to ${opening.to}`);
      return printReasons(terminal, opening.why);
    case 'landing': {
      terminal.print(style.strong('What the page offers'));
      for (const [index, step] of opening.steps.entries()) {
        const { kind, ...rest } = step;
        const facts = Object.entries(rest).map(([field, value]) => `${field} ${value}`);
        terminal.print(`  ${index + 1}. ${index === 0 ? style.good(kind) : kind}  ${style.faint(facts.join(', '))}`);
      }
      if (opening.qr) terminal.print('  and a code for the phone beside it');
      terminal.print('');
      return printReasons(terminal, opening.why);
    }
  }
  return opening satisfies never;
}

function printReasons(terminal: Terminal, why: readonly Reason[]): void {
  const lines = layOut(why, [
    { title: 'STEP', show: ({ step }) => step },
    { title: '', show: ({ verdict }) => verdict.replace('_', ' ') },
    { title: 'RESTS ON', show: ({ evidence }) => evidence ?? 'the link' },
    { title: 'BECAUSE', show: ({ because }) => because },
  ]);
  for (const line of lines) terminal.print(`  ${line}`);
}
