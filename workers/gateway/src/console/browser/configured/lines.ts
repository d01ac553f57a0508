/** What is configured as lines that people write: one item a line, its parts with blanks between. */

/** The lines that say something. */
export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const itemsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** One name or several, with commas between. */
export const namesIn = (value: unknown): string => [value ?? []].flat().map(String).join(", ");

/** One name where there is one; `undefined`: there is none. */
export const namesOf = (text: string): string | string[] | undefined => {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names.length > 1 ? names : names[0];
};

/** `http://10.0.0.1:9000 3`: the URL of a target, and its weight if it has one. */
export const targetLines = (targets: unknown): string =>
  itemsOf(targets)
    .map((target) => (isObject(target) ? `${target["url"]} ${target["weight"]}` : String(target)))
    .join("\n");

export const targetsOf = (text: string): unknown[] =>
  linesOf(text).map((line) => {
    const [url, weight] = line.split(/\s+/);
    return weight === undefined ? url : { url, weight: Number(weight) };
  });

/** `notes:read Read notes`: a scope, and what it allows. */
export const scopeLines = (scopes: unknown): string =>
  isObject(scopes)
    ? Object.entries(scopes)
        .map(([name, allows]) => `${name} ${allows}`)
        .join("\n")
    : "";

export const scopesOf = (text: string): Record<string, string> | undefined => {
  const lines = linesOf(text).map((line) => /^(\S+)\s*(.*)$/.exec(line) ?? []);
  return lines.length === 0 ? undefined : Object.fromEntries(lines.map(([, name = "", allows = ""]) => [name, allows]));
};

const ANYONE = "anyone";

export interface Route extends Record<string, unknown> {
  match: string;
  scope?: string;
  anyone?: boolean;
}

export const routesIn = (value: unknown): Route[] =>
  itemsOf(value).flatMap((route) => (isObject(route) ? [{ ...route, match: String(route["match"]) }] : []));

/** `GET /items/{id} notes:read`: a route, and the scope that it needs, or `anyone`; any credential suffices without. */
export const routeLines = (routes: unknown): string =>
  routesIn(routes)
    .map(({ match, scope, anyone }) => [match, anyone === true ? ANYONE : scope].filter(Boolean).join(" "))
    .join("\n");

/** What a line does not say of a route stays as it was, if there was one with this pattern. */
export const routesOf = (text: string, former: unknown): Route[] =>
  linesOf(text).map((line) => {
    const [method = "", path = "", who] = line.split(/\s+/);
    const match = `${method} ${path}`;
    const { scope: _, anyone: __, ...rest } = routesIn(former).find((route) => route.match === match) ?? { match };
    return { ...rest, ...(who === ANYONE ? { anyone: true } : who !== undefined && { scope: who }) };
  });
