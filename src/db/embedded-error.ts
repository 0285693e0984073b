export type EmbeddedProblem =
  | 'binaries_missing'
  | 'platform_unsupported'
  | 'folder_broken'
  | 'folder_in_use'
  | 'port_in_use'
  | 'start_failed';

/** The database of our own could not be started. The message is one line that tells a person what to do. */
export class EmbeddedError extends Error {
  readonly problem: EmbeddedProblem;
  constructor(problem: EmbeddedProblem, message: string) {
    super(message);
    this.name = 'EmbeddedError';
    this.problem = problem;
  }
}
