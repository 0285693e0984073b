import { CliError, type CliDeps, UsageError } from '../command.ts';
import { nearest } from '../nearest.ts';
import { type Settings, SIMULATOR_NAMES, type SimulatorName, simulatorPortSetting } from '../settings.ts';

/** Something that runs in the sandbox, by its control API on this machine. */
export interface Reached {
  /** `jdpay`, `bank` */
  name: string;
  /** @throws CliError in one line for a person: not running, something else there, or what the simulator said. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Record<string, unknown>>;
}

const HOST = '127.0.0.1';
const ANSWER_MS_MAX = 5000;

/** The simulator that a word on the line names. @throws UsageError, CliError */
export function reachSimulator(deps: CliDeps, word: string): Reached {
  const name = SIMULATOR_NAMES.find((one) => one === word);
  if (name !== undefined) return reachWallet(deps, name);
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
      done.push(await work(reachWallet(deps, name)));
    } catch (error) {
      if (!(error instanceof NotRunning)) throw error;
      notRunning ??= error;
    }
  }
  if (done.length === 0) throw notRunning;
  return done;
}

class NotRunning extends CliError {}

/** The pretend banks, by the port of their pages. @throws CliError */
export function reachBanks(deps: CliDeps): Reached {
  return reach(deps, ({ wallet }) => ({
    name: 'bank',
    port: wallet.sandboxPorts.bankPages,
    setting: 'HUTONG_BANK_PAGES_PORT',
  }));
}

/** The pretend phone. @throws CliError */
export function reachPhone(deps: CliDeps): Reached {
  return reach(deps, ({ wallet }) => ({
    name: 'phone',
    port: wallet.sandboxPorts.phone,
    setting: 'HUTONG_PHONE_PORT',
  }));
}

function reachWallet(deps: CliDeps, name: SimulatorName): Reached {
  return reach(deps, ({ simulatorPorts }) => ({
    name,
    port: simulatorPorts[name],
    setting: simulatorPortSetting(name),
  }));
}

interface Place {
  name: string;
  port: number;
  /** What moves it to another port. */
  setting: string;
}

function reach(deps: CliDeps, placeOf: (settings: Settings) => Place): Reached {
  const settings = deps.readSettings();
  if (settings.mode === 'live') {
    throw new CliError('There is no sandbox in live mode: HUTONG_MODE=live talks to the real wallets.');
  }
  const place = placeOf(settings);
  const { name, port } = place;
  return {
    name,
    async ask(method, path, body) {
      const reply = await send(place, method, path, body);
      const answer = await readAnswer(reply);
      if (answer === null) {
        throw new CliError(`What listens on ${HOST}:${port} is no pretend ${name}: ${otherPort(place)}`);
      }
      if (reply.ok) return answer;
      throw new CliError(`The pretend ${name} says: ${typeof answer['error'] === 'string' ? answer['error'] : 'no'}`);
    },
  };
}

async function send(place: Place, method: string, path: string, body: object | undefined): Promise<Response> {
  const { name, port } = place;
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
      `The pretend ${name} is not running on ${HOST}:${port}: start it with hutong start, or ${otherPort(place)}`,
    );
  }
}

function otherPort({ setting }: Place): string {
  return `say its port with ${setting}.`;
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
