/**
 * A bounded memory of what was used of late. It takes no room in advance, and forgets what is no longer used. What is in use
 * is never displaced: of more than it holds, the rest stays unknown, where a plain LRU cache that is asked for all of it in
 * turn would know nothing.
 */

export interface RecentMemory<Value> {
  get(key: string): Value | undefined;
  /** Remembers the value, if there is room. */
  set(key: string, value: Value): void;
  delete(key: string): void;
  clear(): void;
}

export interface RecentMemoryOptions {
  /** How many values it holds. */
  max: number;
  /** What was used within this time is known, and what was not used for twice as long is forgotten once there is more. */
  keepMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Two generations: what was used since the last turn, and what was used before. A hit costs one look-up in a map. */
export const createRecentMemory = <Value>({ max, keepMs, now }: RecentMemoryOptions): RecentMemory<Value> => {
  let recent = new Map<string, Value>();
  let older = new Map<string, Value>();
  let turnedAtMs = now();

  const turn = (): void => {
    older = recent;
    recent = new Map();
    turnedAtMs = now();
  };

  return {
    get: (key) => {
      const value = recent.get(key);
      if (value !== undefined) return value;
      const old = older.get(key);
      if (old === undefined) return undefined;
      older.delete(key);
      recent.set(key, old);
      return old;
    },
    set: (key, value) => {
      if (now() - turnedAtMs >= keepMs) turn();
      older.delete(key);
      if (recent.has(key) || recent.size + older.size < max) recent.set(key, value);
    },
    delete: (key) => {
      recent.delete(key);
      older.delete(key);
    },
    clear: () => {
      older = new Map();
      recent = new Map();
    },
  };
};
