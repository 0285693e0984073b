import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second of /proc/PID/stat on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process and its children have used so far; 0 where there is no /proc. */
export function cpuSecondsOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => statOf(Number(name)))
      .filter((stat) => stat !== null && (stat.pid === pid || stat.parent === pid))
      .reduce((sum, stat) => sum + (stat?.seconds ?? 0), 0);
  } catch {
    return 0;
  }
}

function statOf(pid: number): { pid: number; parent: number; seconds: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // state is field 3 of proc(5)
    return { pid, parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
  } catch {
    return null; // it ended while we looked
  }
}
