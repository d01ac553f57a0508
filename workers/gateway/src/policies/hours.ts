/** Times of day in a time zone: by the clock on its walls, so that daylight saving time shifts nothing. */
import { DAYS } from "./days.ts";

export type Day = (typeof DAYS)[number];

/** From one time of day until before another, `HH:MM`; past midnight, if that is no later. */
export interface Hours {
  zone: string;
  from: string;
  to: string;
  /** The days on which they begin; every day by default. */
  days?: readonly Day[] | undefined;
}

export interface LocalTime {
  /** The place in {@link DAYS}. */
  day: number;
  minutes: number;
}

const MINUTES_PER_HOUR = 60;
const MS_PER_MINUTE = 60_000;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * MINUTES_PER_HOUR + Number(time.slice(3));

/** The day and the time in a zone, of milliseconds since the epoch. */
const createClock = (zone: string): ((atMs: number) => LocalTime) => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const read = (atMs: number): LocalTime => {
    const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    return {
      day: DAYS.findIndex((day) => parts["weekday"]?.toLowerCase().startsWith(day)),
      minutes: Number(parts["hour"]) * MINUTES_PER_HOUR + Number(parts["minute"]),
    };
  };
  // Most calls ask for the minute that the one before asked for.
  let last: { minute: number; local: LocalTime } | undefined;
  return (atMs) => {
    const minute = Math.floor(atMs / MS_PER_MINUTE);
    if (last?.minute !== minute) last = { minute, local: read(atMs) };
    return last.local;
  };
};

/** What says whether an instant is within these hours. */
export const createHours = ({ zone, from, to, days = DAYS }: Hours) => {
  const clock = createClock(zone);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const beginsOn = (day: number): boolean => days.some((name) => name === DAYS[day]);
  return {
    includes: (atMs: number): boolean => {
      const { day, minutes } = clock(atMs);
      if (start < end) return minutes >= start && minutes < end && beginsOn(day);
      const yesterday = (day + DAYS.length - 1) % DAYS.length;
      return (minutes >= start && beginsOn(day)) || (minutes < end && beginsOn(yesterday));
    },
    /** The day and the time of an instant there, as in `sat 04:30`. */
    describe: (atMs: number): string => {
      const { day, minutes } = clock(atMs);
      const [hour, minute] = [Math.floor(minutes / MINUTES_PER_HOUR), minutes % MINUTES_PER_HOUR];
      return `${DAYS[day]} ${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    },
  };
};
