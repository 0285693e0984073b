/*
 * The second form of Apple's rules (iOS 13 and later): a list of components, of which the first that fits an address decides. Read from Apple's
 * documents: "Supporting associated domains", applinks.details.components.
 */

/** One rule. What is left out fits anything. */
export interface AppleComponent {
  /** The path. */
  '/'?: string;
  /** The query as one text, or a pattern for each of some names; names that are not mentioned may be there. */
  '?'?: string | Readonly<Record<string, string>>;
  /** The fragment: a `#/route` stands here and never in the path. */
  '#'?: string;
  /** What fits is not opened by the app. */
  exclude?: boolean;
  /** Usual: true. */
  caseSensitive?: boolean;
  /** Usual: true, patterns are written as they stand in an address (`%E5…`); false: as they are read. */
  percentEncoded?: boolean;
  comment?: string;
}

export interface ComponentMatch {
  /** From 0. */
  index: number;
  component: AppleComponent;
  /** False where the rule that fits excludes. */
  opens: boolean;
}

/** The first rule that fits the address, or null where none does: then the app does not open. `$(…)` variables are not known here. */
export function matchComponents(components: readonly AppleComponent[], address: URL): ComponentMatch | null {
  const index = components.findIndex((component) => fits(component, address));
  const component = components[index];
  return component === undefined ? null : { index, component, opens: component.exclude !== true };
}

function fits(component: AppleComponent, { pathname, search, hash }: URL): boolean {
  const isEncoded = component.percentEncoded ?? true;
  const isExact = component.caseSensitive ?? true;
  const matches = (pattern: string, part: string): boolean =>
    matchPattern(isExact ? pattern : pattern.toLowerCase(), isExact ? read(part) : read(part).toLowerCase());
  const read = (part: string): string => (isEncoded ? part : decode(part));
  const { '/': path, '?': query, '#': fragment } = component;
  if (path !== undefined && !matches(path, pathname)) return false;
  if (fragment !== undefined && !matches(fragment, hash.slice(1))) return false;
  if (query === undefined) return true;
  if (typeof query === 'string') return matches(query, search.slice(1));
  return Object.entries(query).every(([name, pattern]) => {
    const values = valuesOf(search, name);
    return values.length > 0 && values.every((value) => matches(pattern, value));
  });
}

/** All of the text: `*` is any run of letters, none as well; `?` is one letter. One pass with one step back, whatever the pattern. */
export function matchPattern(pattern: string, text: string): boolean {
  const signs = Array.from(pattern);
  const letters = Array.from(text);
  let sign = 0;
  let letter = 0;
  let star = -1;
  let resumeAt = 0;
  while (letter < letters.length) {
    if (signs[sign] === '*') {
      star = sign;
      resumeAt = letter;
      sign += 1;
    } else if (sign < signs.length && (signs[sign] === '?' || signs[sign] === letters[letter])) {
      sign += 1;
      letter += 1;
    } else if (star !== -1) {
      sign = star + 1;
      resumeAt += 1;
      letter = resumeAt;
    } else return false;
  }
  while (signs[sign] === '*') sign += 1;
  return sign === signs.length;
}

/** Values as they stand in the address: the pattern says whether they are to be decoded. */
function valuesOf(search: string, name: string): string[] {
  return search
    .slice(1)
    .split('&')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    })
    .filter(([key]) => decode(key) === name)
    .map(([, value]) => value);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is a %
  }
}
