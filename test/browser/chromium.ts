import { execFileSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** A Chromium that can be started: its file and what must stand in its environment. */
export interface Chromium {
  path: string;
  env: Record<string, string>;
}

/**
 * Finds a Chromium: $CHROME_PATH, then the system's, then the one that npm brought, unpacked once into a folder of ours
 * under the temporary folder (3 seconds, 200 MB). Safe to call from several processes at once.
 */
export function findChromium(): Chromium {
  const installed = [process.env['CHROME_PATH'], '/usr/bin/chromium'].find(canRun);
  if (installed !== undefined) return { path: installed, env: {} };
  const dir = unpackChromium();
  return {
    path: join(dir, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(dir, 'lib'),
      ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_FILE: join(dir, 'fonts.conf') }),
    },
  };
}

function canRun(path: string | undefined): path is string {
  if (path === undefined) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function unpackChromium(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const packageDir = entry.slice(0, entry.lastIndexOf(join('@sparticuz', 'chromium'))) + join('@sparticuz', 'chromium');
  const { version }: { version: string } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const dir = join(tmpdir(), `hutong-chromium-${version}-r1-${userInfo().uid}`);
  if (existsSync(join(dir, 'chromium'))) return dir;
  // Unpacked beside its place and renamed: whoever sees the folder sees all of it.
  const unfinished = mkdtempSync(`${dir}.`);
  writeFileSync(
    join(unfinished, 'chromium'),
    brotliDecompressSync(readFileSync(join(packageDir, 'bin', 'chromium.br'))),
  );
  chmodSync(join(unfinished, 'chromium'), 0o755);
  for (const name of ['al2023.tar.br', 'fonts.tar.br']) {
    const tar = brotliDecompressSync(readFileSync(join(packageDir, 'bin', name)));
    execFileSync('tar', ['-x', '-f', '-', '-C', unfinished], { input: tar });
  }
  writeFileSync(join(unfinished, 'fonts.conf'), fontsConf(dir)); // the packed one looks in other places
  try {
    renameSync(unfinished, dir);
  } catch {
    rmSync(unfinished, { recursive: true }); // another process was first
  }
  return dir;
}

function fontsConf(dir: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(dir, 'fonts')}</dir><cachedir>${join(dir, 'fonts-cache')}</cachedir></fontconfig>
`;
}
