/**
 * Limits how many calls of an upstream wait for their response at once. A call that is one too many is refused at once and never
 * queued. The runtime ends a call whose caller goes away without running anything of it again: so a call confirms its place from
 * time to time, and a place that is not confirmed is free.
 */

const CONFIRM_MS = 1_000;
/** With room for a process that is busy for a while. */
const KEEP_MS = 4_000;
/** Looking for places that are no longer confirmed takes time: it is not done at every refusal. */
const LOOK_EVERY_MS = 250;

export interface Places {
  /** Takes a place, and gives what gives it back; `undefined`: all are taken. */
  take(max: number): (() => void) | undefined;
  taken(): number;
}

/** `now`: milliseconds since the epoch. */
export const createPlaces = (now: () => number): Places => {
  const places = new Set<{ untilMs: number }>();
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  const isFull = (max: number): boolean => {
    if (places.size < max) return false;
    if (now() - lookedAtMs < LOOK_EVERY_MS) return true;
    lookedAtMs = now();
    for (const place of places) if (place.untilMs <= now()) places.delete(place);
    return places.size >= max;
  };

  return {
    take: (max) => {
      if (isFull(max)) return undefined;
      const place = { untilMs: 0 };
      let timer: ReturnType<typeof setTimeout>;
      const confirm = (): void => {
        place.untilMs = now() + KEEP_MS;
        places.add(place);
        timer = setTimeout(confirm, CONFIRM_MS);
      };
      confirm();
      return () => {
        clearTimeout(timer);
        places.delete(place);
      };
    },
    taken: () => places.size,
  };
};
