import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  value: T | null;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
}

/** Reads once, and again when `key` changes or on `reload`; an answer that was overtaken is dropped. */
export function useLoad<T>(read: () => Promise<T>, key: string): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; error: unknown; isLoading: boolean }>({
    value: null,
    error: null,
    isLoading: true,
  });
  const round = useRef(0);
  const latest = useRef(read);
  latest.current = read;
  const reload = useCallback(() => {
    const mine = ++round.current;
    setState((before) => ({ ...before, isLoading: true, error: null }));
    latest.current().then(
      (value) => mine === round.current && setState({ value, error: null, isLoading: false }),
      (error: unknown) => mine === round.current && setState((before) => ({ ...before, error, isLoading: false })),
    );
  }, []);
  useEffect(() => {
    setState({ value: null, error: null, isLoading: true });
    reload();
    return () => void round.current++;
  }, [key, reload]);
  return { ...state, reload };
}

export interface Deed {
  isBusy: boolean;
  error: unknown;
  /** Runs it unless one is running; what it throws becomes `error`. True when it went through. */
  run: (deed: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

/** Something that a button does: once at a time, with its error kept for showing. */
export function useDeed(): Deed {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isRunning = useRef(false);
  const run = useCallback(async (deed: () => Promise<void>): Promise<boolean> => {
    if (isRunning.current) return false;
    isRunning.current = true;
    setBusy(true);
    setError(null);
    try {
      await deed();
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  }, []);
  return { isBusy, error, run, clear: useCallback(() => setError(null), []) };
}
