/** Reads TYPESENSE_NODES: the URLs of the nodes, separated by commas, the nearest first. */
import { failure, type Result, success } from "#shared/lang/result.ts";

/** More than any cluster needs: Raft wants three, five or seven. */
export const MAX_NODES = 7;

const parseUrl = (text: string): URL | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url : undefined;
};

const faultOf = (text: string): string | undefined => {
  const url = parseUrl(text);
  if (!url) return `"${text}" is not an http or https URL`;
  if (url.username || url.password) return `${url.host} has credentials in its URL: set TYPESENSE_API_KEY instead`;
  return url.search || url.hash ? `${url.host} has a query or fragment` : undefined;
};

/** `detail` says what is wrong, and holds no credential. */
export interface InvalidUrls {
  readonly kind: "invalid";
  readonly detail: string;
}

const invalid = (detail: string): Result<never, InvalidUrls> => failure("invalid", { detail });

/** The URLs without a slash at their end, none for an empty text. */
export const parseNodeUrls = (text: string): Result<string[], InvalidUrls> => {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const fault = parts.map(faultOf).find((one) => one !== undefined);
  if (fault !== undefined) return invalid(fault);
  if (parts.length > MAX_NODES) return invalid(`${parts.length} nodes exceed the limit of ${MAX_NODES}`);
  const urls = parts.map((part) => new URL(part).href.replace(/\/$/, ""));
  return new Set(urls).size === urls.length ? success(urls) : invalid("a node is listed twice");
};
