/** Bounded memories: what an isolate remembers of its callers must not grow with what they send. */

/** Adds an entry, and forgets the oldest one when there would be more than `maxEntries`. */
export const remember = <Value>(memory: Map<string, Value>, maxEntries: number, key: string, value: Value): void => {
  memory.delete(key);
  const oldest = memory.size >= maxEntries ? memory.keys().next().value : undefined;
  if (oldest !== undefined) memory.delete(oldest);
  memory.set(key, value);
};
