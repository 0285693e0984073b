import { keepShell } from './keep-shell.ts';
import { takePayments } from './take-payments.ts';
import type { WorkerScope } from './worker-scope.ts';

/** Put in by scripts/build-client.mjs: what the app needs to open without a network, and the digest of it all. */
declare const SHELL_FILES: readonly string[];
declare const SHELL_VERSION: string;

const scope = globalThis as unknown as WorkerScope; // in a service worker the global scope is one
keepShell(scope, SHELL_FILES, SHELL_VERSION);
takePayments(scope);
