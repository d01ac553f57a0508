/** What a view holds: what it has loaded, the pages of a list, and what a person does. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { CallOptions, ItemOf, ListKey, Reply } from "../../typescript/src/index.ts";
import { call } from "./calls.ts";
import { notify } from "./notices.tsx";

export interface Loaded<Value> {
  /** `undefined` until it is there; the former one while it is loaded again, and when that fails. */
  value: Value | undefined;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
}

/**
 * Loads when the view appears and whenever one of `dependencies` changes; what comes late for something else is dropped. `load`
 * gets a signal that ends its calls.
 */
export const useLoaded = <Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  dependencies: readonly unknown[] = [],
): Loaded<Value> => {
  const [state, setState] = useState<{ value?: Value | undefined; error?: unknown; isLoading: boolean }>({
    isLoading: true,
  });
  const [round, setRound] = useState(0);
  const key = JSON.stringify(dependencies);
  const former = useRef(key);
  useEffect(() => {
    const ended = new AbortController();
    const isSame = former.current === key;
    former.current = key;
    setState(({ value }) => ({ ...(isSame && value !== undefined && { value }), isLoading: true }));
    load(ended.signal).then(
      (value) => ended.signal.aborted || setState({ value, isLoading: false }),
      (error: unknown) => ended.signal.aborted || setState(({ value }) => ({ value, error, isLoading: false })),
    );
    return () => ended.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  return { value: state.value, error: state.error, isLoading: state.isLoading, reload };
};

/** Loads again every so often while the page is visible. */
export const useEvery = (seconds: number, action: () => void): void => {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const timer = setInterval(() => document.hidden || latest.current(), seconds * 1_000);
    return () => clearInterval(timer);
  }, [seconds]);
};

/** Loads a view's content again every so often while the page is visible, unless that is under way. */
export const useRefresh = (
  seconds: number,
  { isLoading, reload }: Pick<Loaded<unknown>, "isLoading" | "reload">,
): void => useEvery(seconds, () => isLoading || reload());

export interface Listed<Item> {
  /** Those of the pages that were loaded so far; `undefined` until the first is there. */
  items: readonly Item[] | undefined;
  error: unknown;
  isLoading: boolean;
  /** Loads the next page; `undefined`: there is none. */
  more: (() => void) | undefined;
  /** Begins again with the first page. */
  reload: () => void;
}

interface Page<Item> {
  items: Item[];
  next: string | null;
}

/**
 * A list, page after page as it is asked for. Filters are members of `options.query`; empty ones are left out. While a changed
 * filter is on its way the former items stay, so that what one types does not make the list flicker.
 */
export const useList = <Key extends ListKey>(
  key: Key,
  options: Partial<CallOptions<Key>> = {},
): Listed<ItemOf<Key>> => {
  type Items = Page<ItemOf<Key>>;
  const { path, query: filters }: { path?: object | undefined; query?: object | undefined } = options;
  const given = Object.entries({ ...filters }).filter(([, value]) => value !== "");
  const read = async (after: string | undefined, signal?: AbortSignal): Promise<Items> => {
    const query = { ...Object.fromEntries(given), after };
    const { data }: Reply<Items> = await Reflect.apply(call, undefined, [key, { ...options, query, signal }]);
    return data;
  };
  const first = useLoaded((signal) => read(undefined, signal), [key, path, given]);
  // Pages belong to the first one that they continue.
  const [rest, setRest] = useState<{ first: Items; pages: Items[] }>();
  const pages = first.value === undefined ? [] : [first.value, ...(rest?.first === first.value ? rest.pages : [])];
  const next = pages.at(-1)?.next ?? null;
  const of = JSON.stringify([key, path]);
  const former = useRef<{ of: string; items: ItemOf<Key>[] }>(undefined);
  if (first.value) former.current = { of, items: pages.flatMap(({ items }) => items) };
  const isOnItsWay = first.value === undefined && first.error === undefined && former.current?.of === of;
  const more = useAction(async () => {
    const page = await read(next ?? undefined);
    const [begin, ...others] = pages;
    if (begin) setRest({ first: begin, pages: [...others, page] });
  });
  return {
    items: first.value || isOnItsWay ? former.current?.items : undefined,
    error: first.error ?? more.error,
    isLoading: first.isLoading || more.isBusy,
    more: next === null ? undefined : () => void more.run(),
    reload: first.reload,
  };
};

export interface Action<Arguments extends unknown[]> {
  /** Resolves to whether it was done. */
  run: (...given: Arguments) => Promise<boolean>;
  isBusy: boolean;
  error: unknown;
}

/** Something that a person does: once at a time, with its failure to show beside it. `done`: what is said then. */
export const useAction = <Arguments extends unknown[]>(
  act: (...given: Arguments) => Promise<unknown>,
  done?: string,
): Action<Arguments> => {
  const [state, setState] = useState<{ isBusy: boolean; error?: unknown }>({ isBusy: false });
  const busy = useRef(false);
  const run = async (...given: Arguments): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    setState({ isBusy: true });
    try {
      await act(...given);
      setState({ isBusy: false });
      if (done !== undefined) notify(done);
      return true;
    } catch (error) {
      setState({ isBusy: false, error });
      return false;
    } finally {
      busy.current = false;
    }
  };
  return { run, isBusy: state.isBusy, error: state.error };
};
