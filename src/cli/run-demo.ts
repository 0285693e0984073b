import type { CliDeps } from './command.ts';
export async function runDemo(_deps: CliDeps, _how: { isJson: boolean; keeps: boolean }): Promise<void> {}
