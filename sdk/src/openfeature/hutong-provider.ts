import {
  type EvaluationContext,
  FlagNotFoundError,
  GeneralError,
  InvalidContextError,
  type JsonValue,
  OpenFeatureEventEmitter,
  ParseError,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  type ResolutionDetails,
  TargetingKeyMissingError,
  TypeMismatchError,
} from '@openfeature/server-sdk';
import { type Fetch, nowMs, runtimeFetch } from '../runtime.ts';
import { type Asked, FlagMemory } from './flag-memory.ts';
import { type FlagAnswer, OfrepError } from './ofrep.ts';

export interface HutongProviderOptions {
  /** Where Hutong is: `https://pay.example`. */
  url: string;
  /** An API key with the scope `read`. */
  apiKey: string;
  /** An answer is given again for so long without asking; 1000 if not given. A halt is heard of so much later at most. */
  memoryMs?: number;
  /** How often it looks for changes by itself; 5000 if not given, 0 for never. */
  pollMs?: number;
  /** Each call; 2000 if not given. */
  timeoutMs?: number;
  fetch?: Fetch;
}

const CONTEXTS_MAX = 1000;
/** Its answers tell of every rollout's version, step and halt, whoever is asked about. */
const WATCHED_CONTEXT = { targetingKey: 'hutong-provider' };

type Health = 'ready' | 'stale' | 'error';

/**
 * An OpenFeature provider for Node: other services ask the rollouts that Hutong's cashier goes by. The targeting key is the shop's name of
 * a buyer. A boolean flag is true for who sees it; the same flag as a string is the arm (`treatment`, `control`, `outside`), as an object
 * everything about it. Where Hutong is away, the SDK answers with the caller's default: give the old path.
 */
export class HutongProvider implements Provider {
  readonly metadata = { name: 'hutong' } as const;
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  readonly #memory: FlagMemory;
  readonly #pollMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #health: Health = 'ready';
  #isOpen = false;
  /** Asked to be left alone until then (429). */
  #quietUntilMs = 0;

  /** @throws TypeError for what is no http(s) address */
  constructor(options: HutongProviderOptions) {
    const url = new URL(options.url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('url is an http(s) address');
    this.#pollMs = options.pollMs ?? 5000;
    this.#memory = new FlagMemory({
      url: options.url.replace(/\/+$/, ''),
      apiKey: options.apiKey,
      timeoutMs: options.timeoutMs ?? 2000,
      memoryMs: options.memoryMs ?? 1000,
      contextsMax: CONTEXTS_MAX,
      fetch: options.fetch ?? runtimeFetch,
    });
  }

  /** Asks once; a key that opens nothing is told at once. It goes on looking also where Hutong is not there yet. */
  async initialize(): Promise<void> {
    this.#isOpen = true;
    this.#pollSoon();
    try {
      await this.#memory.ask(WATCHED_CONTEXT);
    } catch (error) {
      this.#health = 'error';
      if (error instanceof OfrepError && (error.status === 401 || error.status === 403)) {
        await this.onClose();
        throw new ProviderFatalError(error.message, { cause: error });
      }
      throw error;
    }
  }

  async onClose(): Promise<void> {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    await Promise.resolve();
  }

  async resolveBooleanEvaluation(
    key: string,
    _default: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    const flag = await this.#find(key, context);
    return { ...detailsOf(flag), value: flag.value };
  }

  async resolveStringEvaluation(
    key: string,
    _default: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    const flag = await this.#find(key, context);
    return { ...detailsOf(flag), value: flag.variant };
  }

  async resolveNumberEvaluation(
    key: string,
    _default: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    await this.#find(key, context);
    throw new TypeMismatchError('a rollout is a boolean, a string (the arm) or an object, never a number');
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    _default: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    const flag = await this.#find(key, context);
    const value: JsonValue = { value: flag.value, arm: flag.variant, reason: flag.reason, ...flag.metadata };
    return { ...detailsOf(flag), value: value as T }; // what T is, the caller says; the fields are these
  }

  async #find(key: string, context: EvaluationContext): Promise<FlagAnswer> {
    const { flags } = await this.#ask(toPlain(context));
    const flag = flags.get(key);
    if (flag === undefined) throw new FlagNotFoundError(`no rollout in effect has the key ${key}`);
    return flag;
  }

  /** @throws OpenFeatureError */
  async #ask(context: Record<string, unknown>): Promise<Asked> {
    if (nowMs() < this.#quietUntilMs) throw new GeneralError('Hutong asked not to be asked for a while');
    try {
      const asked = await this.#memory.ask(context);
      if (asked.wasAsked) this.#becomes(isStale(asked) ? 'stale' : 'ready');
      if (asked.changed.length > 0) this.#changed(asked.changed);
      return asked;
    } catch (error) {
      if (!(error instanceof OfrepError)) throw error;
      if (error.status === 429) this.#quietUntilMs = nowMs() + (error.retryAfterMs ?? 1000);
      // What is wrong with one question says nothing of Hutong.
      if (error.code === null) this.#becomes('error', error.message);
      throw toOpenFeature(error);
    }
  }

  #changed(flagsChanged: readonly string[]): void {
    this.#memory.expire();
    this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...flagsChanged] });
  }

  #becomes(health: Health, message?: string): void {
    if (health === this.#health) return;
    this.#health = health;
    const about = message === undefined ? {} : { message };
    if (health === 'ready') this.events.emit(ProviderEvents.Ready, about);
    else if (health === 'stale') this.events.emit(ProviderEvents.Stale, about);
    else this.events.emit(ProviderEvents.Error, about);
  }

  /** Never keeps a process alive that has nothing else to do. */
  #pollSoon(): void {
    if (!this.#isOpen || this.#pollMs === 0) return;
    this.#timer = setTimeout(() => {
      this.#ask(WATCHED_CONTEXT)
        .catch(() => {}) // told by its event
        .finally(() => this.#pollSoon());
    }, this.#pollMs);
    if (typeof this.#timer === 'object') this.#timer.unref?.();
  }
}

function detailsOf({ variant, reason, metadata }: FlagAnswer) {
  return { variant, reason, flagMetadata: metadata };
}

/** Hutong itself has not heard of its rollouts for a while, and shows nothing that is staged. */
function isStale({ flags }: Asked): boolean {
  return [...flags.values()].some((flag) => flag.reason === 'STALE');
}

/** Rules know plain values; a date becomes text, and what is nested is left out. */
function toPlain(context: EvaluationContext): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(context)) {
    if (value instanceof Date) plain[name] = value.toISOString();
    else if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) plain[name] = value;
  }
  return plain;
}

function toOpenFeature(error: OfrepError): Error {
  const cause = { cause: error };
  switch (error.code ?? '') {
    case 'TARGETING_KEY_MISSING':
      return new TargetingKeyMissingError(error.message, cause);
    case 'INVALID_CONTEXT':
      return new InvalidContextError(error.message, cause);
    case 'PARSE_ERROR':
      return new ParseError(error.message, cause);
    default:
      return new GeneralError(error.message, cause);
  }
}
