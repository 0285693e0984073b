import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/**
 * The floors: imports only go down, and folders on one floor do not import each other. Above them all stand the files in
 * src/ itself, which build everything once.
 */
const FLOORS = [
  ['http', 'web', 'cli', 'app', 'console'],
  ['settlement', 'payer', 'clearing', 'links'],
  ['transfers'],
  ['cashier', 'cards'],
  ['users', 'limits', 'rail', 'offers', 'rollout', 'operators'],
  ['ledger', 'vault', 'webhooks'],
  ['db', 'sandbox'],
  ['wallets', 'bank', 'qr', 'net'],
  ['base', 'money'],
];
/** Two things on one floor that belong together, each with its reason. */
const ALLOWED = new Map([
  ['money base', 'money is built on assert; base knows nothing of money'],
  ['web cashier', 'down'],
  ['cli app', 'the demo uses the wallet app as a browser does, by the types of its API alone'],
]);
const floorOf = new Map(FLOORS.flatMap((floor, index) => floor.map((folder) => [folder, index] as const)));

interface SourceFile {
  path: string;
  text: string;
  imports: string[];
}

const files = list(join(root, 'src')).map((path): SourceFile => {
  const text = readFileSync(path, 'utf8');
  return { path: relative(root, path), text, imports: importsOf(text) };
});
const product = files.filter((file) => !isTestFile(file.path));

describe('the floors', () => {
  test('every folder of src/ stands on a floor', () => {
    const folders = readdirSync(join(root, 'src')).filter((name) => statSync(join(root, 'src', name)).isDirectory());
    expect(folders.filter((folder) => !floorOf.has(folder))).toEqual([]);
  });

  test('imports only go down', () => {
    const wrong = product.flatMap((file) => {
      const from = folderOf(file.path);
      if (from === null) return [];
      return file.imports.flatMap((target) => {
        const to = folderOf(relative(root, resolve(root, dirname(file.path), target)));
        if (to === from || ALLOWED.has(`${from} ${to}`)) return [];
        if (to === null)
          // The demo shop and the demo are merchants: they know us by what a merchant installs.
          return target.includes('/sdk/') && (from === 'sandbox' || from === 'cli')
            ? []
            : [`${file.path} imports ${target}`];
        return (floorOf.get(to) ?? -1) > (floorOf.get(from) ?? -1) ? [] : [`${file.path} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test('the simulators know the connectors only by their wire, and nobody but main and cli knows the simulators', () => {
    const wrong = product.flatMap((file) =>
      file.imports
        .filter((target) => target.includes('/sandbox/') && !/^src\/(sandbox|cli)\/|^src\/[a-z-]+\.ts$/.test(file.path))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('a store is imported only from its own folder', () => {
    const shared = 'src/db/idempotency-store.ts'; // every writing use case hands its own transaction in
    const wrong = product.flatMap((file) =>
      file.imports.flatMap((target) => {
        const path = relative(root, resolve(root, dirname(file.path), target));
        const isForeign = path.endsWith('-store.ts') && dirname(path) !== dirname(file.path) && path !== shared;
        return isForeign ? [`${file.path} imports ${path}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('the sdk imports nothing of ours', () => {
    const foreign = list(join(root, 'sdk'))
      .filter((path) => !isTestFile(path))
      .flatMap((path) =>
        importsOf(readFileSync(path, 'utf8')).filter(
          (target) =>
            resolve(dirname(path), target).includes('/src/') &&
            !resolve(dirname(path), target).startsWith(join(root, 'sdk')),
        ),
      );
    expect(foreign).toEqual([]);
  });
});

describe('the rules of the house', () => {
  test('SQL stands in stores and in db/ alone', () => {
    const sql = /`\s*(select|insert into|update|delete from|with)\s+[a-z_]+/i;
    const comment = /\/\*[\s\S]*?\*\//g; // where a name in backticks may be followed by "with"
    const wrong = product.filter(
      (file) => sql.test(file.text.replace(comment, '')) && !/-store\.ts$|^src\/db\//.test(file.path),
    );
    // Readiness asks the database one trivial question.
    expect(wrong.map((file) => file.path).filter((path) => path !== 'src/hutong.ts')).toEqual([]);
  });

  test('time and chance come from base/', () => {
    const direct = /Date\.now\(|Math\.random\(|new Date\(\)|randomUUID\(/;
    const wrong = product.filter(
      // The browser side has a clock of its own.
      (file) => direct.test(file.text) && !/^src\/(base\/(clock|random)|app\/client\/clock)\.ts$/.test(file.path),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('only main reads the environment', () => {
    const wrong = product.filter((file) => /process\.env/.test(file.text) && file.path !== 'src/main.ts');
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('no file is longer than 400 lines', () => {
    const long = files.map((file) => ({ path: file.path, lines: file.text.split('\n').length }));
    expect(long.filter((file) => file.lines > 401)).toEqual([]);
  });

  test('no any, no suppressed checks, nothing left to do', () => {
    const signs =
      /:\s*any\s*[;,)=\]|]|<any>|\bas any\b|@ts-ignore|@ts-expect-error|oxlint-disable|biome-ignore|\bTODO\b|\bFIXME\b|\bXXX\b/;
    const skipped = /\b(it|test|describe)\.(skip|todo|only)\b/;
    const here = 'test/tidy.test.ts';
    const wrong = [
      ...files.map((file) => join(root, file.path)),
      ...list(join(root, 'test')),
      ...list(join(root, 'bench')),
      ...list(join(root, 'sdk')),
    ].filter((path) => {
      const text = readFileSync(path, 'utf8');
      return !path.endsWith(here) && (signs.test(text) || skipped.test(text));
    });
    expect(wrong.map((path) => relative(root, path))).toEqual([]);
  });

  test('every file of src/ has a kebab-case name', () => {
    expect(files.map((file) => file.path).filter((path) => !/^[a-z0-9./-]+\.tsx?$/.test(path))).toEqual([]);
  });
});

function folderOf(path: string): string | null {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** Tests and what only tests use. */
function isTestFile(path: string): boolean {
  return /\.test\.tsx?$|\/contract(-[a-z]+)?\.ts$|\/test-[a-z-]+\.ts$|\/pretend-[a-z-]+\.ts$/.test(path);
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|\n)(?:import|export)[^;]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}

function list(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : list(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
