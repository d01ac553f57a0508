/** What software is, in a few words (RFC 9110 §10.1.5). It is what the software calls itself, and proves nothing. */

/** The first that fits: many browsers name others too. */
const BROWSERS: readonly (readonly [mark: string, name: string])[] = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["SamsungBrowser/", "Samsung Internet"],
  ["Firefox/", "Firefox"],
  ["FxiOS/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["CriOS/", "Chrome"],
  ["Safari/", "Safari"],
];

const SYSTEMS: typeof BROWSERS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["CrOS", "ChromeOS"],
  ["Mac OS X", "macOS"],
  ["Linux", "Linux"],
];

const MAX_CHARACTERS = 60;
/** What Fountain's own command line sends, with the name of its host. */
const COMMAND_LINE = /^fountain-cli\/[\w.-]{1,32} \(([\w.-]{1,63})\)/;

const nameIn = (userAgent: string, names: typeof BROWSERS): string | undefined =>
  names.find(([mark]) => userAgent.includes(mark))?.[1];

/** Browser and system, such as `Firefox, Linux`, where these are known; else `undefined`. */
export const knownDeviceOf = (userAgent: string | null | undefined): string | undefined => {
  const known = [nameIn(userAgent ?? "", BROWSERS), nameIn(userAgent ?? "", SYSTEMS)];
  return known.filter((name) => name !== undefined).join(", ") || undefined;
};

/**
 * Browser and system, such as `Firefox, Linux`; of Fountain's command line `fountain, HOST`; of other software its beginning;
 * `undefined`: it is not known.
 */
export const deviceOf = (userAgent: string | null): string | undefined => {
  if (userAgent === null || userAgent === "") return undefined;
  const [, host] = COMMAND_LINE.exec(userAgent) ?? [];
  if (host !== undefined) return `fountain, ${host}`;
  return knownDeviceOf(userAgent) ?? userAgent.slice(0, MAX_CHARACTERS);
};
