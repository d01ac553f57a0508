/** Where a page leads on to: paths of Fountain's own pages only, so that no link to a login leads elsewhere. */

import { MAX_ADDRESS_CHARACTERS } from "#shared/http/access.ts";
import { matchRoute } from "#shared/policy/match.ts";
import type { Reader } from "./page-call.ts";

/** Below these are pages. */
const PAGES = ["/account", "/oauth", "/console"];
const BASE = "https://fountain.invalid";

export const HOME = "/account";

/** Whether the path is one of the pages'. */
export const isPagePath = (path: string): boolean =>
  PAGES.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** Whether the path can be opened: some are there for forms only. */
const isPage = (path: string): boolean => isPagePath(path) && matchRoute("gateway", "GET", path).ok;

/** The path and query of a page, in their normal form; {@link HOME} for everything else. */
export const destinationOf = (next: string | null | undefined): string => {
  if (!next?.startsWith("/") || next.length > MAX_ADDRESS_CHARACTERS) return HOME;
  const url = URL.parse(next, BASE);
  return url?.origin === BASE && isPage(url.pathname) ? url.pathname + url.search : HOME;
};

/** Whether the URL of this path and query would be refused as too long. */
export const isTooLong = ({ context }: Reader, to: string): boolean =>
  context.get("services").publicUrl.length + to.length > MAX_ADDRESS_CHARACTERS;
