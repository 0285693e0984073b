import type { Ground } from '../ground/ground.ts';
import type { SandboxKeys } from './keys.ts';

/** What every part of the pretend JD works with. */
export interface World {
  ground: Ground;
  keys: SandboxKeys;
}
