import { LINK_ABILITIES_FILE_BYTES_MAX } from '../../base/link-limits.ts';
import { readCampaignFile } from '../../offers/read-campaign-file.ts';
import { appRow } from '../../wallets/detect/apps.ts';
import type { AppName } from '../../wallets/detect/app-row.ts';
import { ABILITIES } from './abilities.ts';
import type { Abilities, Ability } from './ability.ts';

/** An abilities file is wrong; the message is one line that names the place. */
export class AbilitiesFault extends Error {
  override name = 'AbilitiesFault';
}

const CHANCES = ['yes', 'maybe', 'no'] as const;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const BECAUSE_CHARS_MAX = 300;

/** Each field with how it is read; undefined is a fault, which `takes` explains. */
const FIELDS: Readonly<
  Record<string, { takes: string; read(value: unknown): Partial<Ability> | undefined } | undefined>
> = {
  pages: oneOf('pages', ['all', 'own_hosts']),
  own_hosts: {
    takes: 'a list of hosts such as taobao.com',
    read: (value) =>
      Array.isArray(value) && value.every((host): host is string => typeof host === 'string' && HOST.test(host))
        ? { ownHosts: value }
        : undefined,
  },
  universal_links: oneOf('universalLinks', CHANCES),
  app_links: oneOf('appLinks', CHANCES),
  intents: oneOf('intents', CHANCES),
  schemes: oneOf('schemes', ['none', 'list', 'all']),
  alipay_scheme: oneOf('alipayScheme', CHANCES),
  needs_tap: flag('needsTap'),
  because: {
    takes: 'a sentence that says who saw it and when',
    read: (value) =>
      typeof value === 'string' && value.trim() !== '' && value.length <= BECAUSE_CHARS_MAX
        ? { because: value.trim() }
        : undefined,
  },
};

/**
 * The table with an operator's own rows in place of ours: YAML or JSON, an app's name over the fields that differ, and `because`. Rows that a
 * document stands behind are not replaced.
 * @param name of the file, for what is said about it
 * @throws AbilitiesFault
 */
export function readAbilities(text: string, name: string): Abilities {
  if (Buffer.byteLength(text) > LINK_ABILITIES_FILE_BYTES_MAX)
    throw new AbilitiesFault(`${name} has more than ${LINK_ABILITIES_FILE_BYTES_MAX} bytes`);
  const file = readCampaignFile(text);
  const fault = (pointer: string, said: string): AbilitiesFault => {
    const { line, column } = file.locate(pointer);
    return new AbilitiesFault(`${name}:${line}:${column} ${said}`);
  };
  const [unread] = file.faults;
  if (unread !== undefined)
    throw new AbilitiesFault(`${name}:${unread.place.line}:${unread.place.column} ${unread.text}`);
  if (file.written === null || file.written === undefined) return ABILITIES;
  if (!isMap(file.written)) throw fault('', 'an abilities file names apps, each with what differs');
  const rows = Object.entries(file.written).map(([app, written]): [AppName, Ability] => {
    const pointer = `/${escapePointer(app)}`;
    if (!isApp(app)) throw fault(pointer, `there is no app ${app}: ${Object.keys(ABILITIES).join(', ')}`);
    const ours = ABILITIES[app];
    if (ours.evidence === 'documented') throw fault(pointer, `${app} is documented and stays as it is`);
    if (!isMap(written)) throw fault(pointer, `${app} takes fields such as schemes and because`);
    const changes = Object.entries(written).map(([field, value]) => {
      const place = `${pointer}/${escapePointer(field)}`;
      const row = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
      if (row === undefined) throw fault(place, `${app} has no field ${field}: ${Object.keys(FIELDS).join(', ')}`);
      const change = row.read(value);
      if (change === undefined) throw fault(place, `${app}.${field} is ${row.takes}`);
      return change;
    });
    const ability = changes.reduce<Ability>((sum, change) => ({ ...sum, ...change }), {
      ...ours,
      because: '',
      evidence: 'operator',
    });
    if (ability.because === '') throw fault(pointer, `${app} must say because: ${FIELDS['because']?.takes}`);
    if (ability.pages === 'own_hosts' && ability.ownHosts.length === 0)
      throw fault(pointer, `${app} opens own_hosts alone and must name them`);
    return [app, ability];
  });
  return { ...ABILITIES, ...Object.fromEntries(rows) };
}

function oneOf<Name extends keyof Ability>(name: Name, values: readonly (Ability[Name] & string)[]) {
  return {
    takes: `one of ${values.join(', ')}`,
    read: (value: unknown): Partial<Ability> | undefined => {
      const found = values.find((candidate) => candidate === value);
      return found === undefined ? undefined : { [name]: found };
    },
  };
}

function flag(name: 'needsTap') {
  return {
    takes: 'true or false',
    read: (value: unknown): Partial<Ability> | undefined =>
      typeof value === 'boolean' ? { [name]: value } : undefined,
  };
}

function isApp(name: string): name is AppName {
  return Object.hasOwn(ABILITIES, name) && (name === 'browser' || appRow(name as AppName).app === name); // just looked up
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
