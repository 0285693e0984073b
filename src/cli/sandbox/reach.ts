import { CliError, type CliDeps, UsageError } from '../command.ts';
import { nearest } from '../nearest.ts';
import { SIMULATOR_NAMES, type SimulatorName, simulatorPortSetting } from '../settings.ts';

/** One running simulator, by its control API on this machine. */
export interface Reached {
  name: SimulatorName;
  /** @throws CliError in one line for a person: not running, something else there, or what the simulator said. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Record<string, unknown>>;
}

const HOST = '127.0.0.1';
const ANSWER_MS_MAX = 5000;

/** The simulator that a word on the line names. @throws UsageError, CliError */
export function reachSimulator(deps: CliDeps, word: string): Reached {
  const name = SIMULATOR_NAMES.find((one) => one === word);
  if (name !== undefined) return reach(deps, name);
  const guess = nearest(word, SIMULATOR_NAMES);
  const hint = guess === null ? `choose ${SIMULATOR_NAMES.join(', ')}` : `did you mean ${guess}?`;
  throw new UsageError(`There is no pretend wallet ${JSON.stringify(word)}: ${hint}`);
}

/**
 * Does the same with the one that was named, or with every one that is running.
 * @throws CliError when the named one, or all of them, cannot be reached
 */
export async function withSimulators<T>(
  deps: CliDeps,
  word: string,
  work: (simulator: Reached) => Promise<T>,
): Promise<T[]> {
  if (word !== '') return [await work(reachSimulator(deps, word))];
  const done: T[] = [];
  let notRunning: unknown = null;
  for (const name of SIMULATOR_NAMES) {
    try {
      done.push(await work(reach(deps, name)));
    } catch (error) {
      if (!(error instanceof NotRunning)) throw error;
      notRunning ??= error;
    }
  }
  if (done.length === 0) throw notRunning;
  return done;
}

class NotRunning extends CliError {}

function reach(deps: CliDeps, name: SimulatorName): Reached {
  const settings = deps.readSettings();
  if (settings.mode === 'live') {
    throw new CliError('There is no sandbox in live mode: HUTONG_MODE=live talks to the real wallets.');
  }
  const port = settings.simulatorPorts[name];
  return {
    name,
    async ask(method, path, body) {
      const reply = await send(name, port, method, path, body);
      const answer = await readAnswer(reply);
      if (answer === null) {
        throw new CliError(`What listens on ${HOST}:${port} is no pretend ${name}: ${otherPort(name)}`);
      }
      if (reply.ok) return answer;
      throw new CliError(`The pretend ${name} says: ${typeof answer['error'] === 'string' ? answer['error'] : 'no'}`);
    },
  };
}

async function send(
  name: SimulatorName,
  port: number,
  method: string,
  path: string,
  body: object | undefined,
): Promise<Response> {
  try {
    return await fetch(`http://${HOST}:${port}/sandbox/${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new CliError(`The pretend ${name} on ${HOST}:${port} took too long to answer.`);
    }
    throw new NotRunning(
      `The pretend ${name} is not running on ${HOST}:${port}: start it with hutong start, or ${otherPort(name)}`,
    );
  }
}

function otherPort(name: SimulatorName): string {
  return `say its port with ${simulatorPortSetting(name)}.`;
}

/** Null for what no simulator would answer. */
async function readAnswer(reply: Response): Promise<Record<string, unknown> | null> {
  try {
    const answer: unknown = await reply.json();
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return null;
    return Object.fromEntries(Object.entries(answer));
  } catch {
    return null;
  }
}
