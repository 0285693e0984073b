/* What bounds a simulation: nobody waits for it but the person who started it. */

export const SIMULATED_RUNS_MAX = 100_000;
export const SIMULATED_DROPS_MAX = 10;
export const SIMULATED_PER_BUYER_MAX = 1000;
/** A simulated rollout that has not come to its end by then is told as still running. */
export const SIMULATED_LOOKS_MAX = 5000;
export const SIMULATED_DAYS_MAX = 90;
