/** What is configured at the gateway: upstreams, limits and policies, which are shown, stored and deleted in the same way. */
import { addressOf, call, FountainError } from "#console";

export const KINDS = ["upstreams", "limits", "policies"] as const;
export type Kind = (typeof KINDS)[number];

export const TITLES: Record<Kind, { one: string; all: string }> = {
  upstreams: { one: "upstream", all: "Upstreams" },
  limits: { one: "limit", all: "Limits" },
  policies: { one: "policy", all: "Policies" },
};

/** What was configured of one, as it is sent. */
export type Body = Record<string, unknown>;

/** One as it is shown. */
export interface Stored extends Body {
  name: string;
  source: "api" | "file" | "default";
  updatedAt?: string | undefined;
  warnings?: { pointer: string; detail: string }[] | undefined;
}

const METADATA = new Set(["name", "source", "createdAt", "updatedAt", "warnings", "state"]);

/** Without what the gateway says of it. */
export const bodyOf = (stored: Stored): Body =>
  Object.fromEntries(Object.entries(stored).filter(([name]) => !METADATA.has(name)));

/** With these members in place of its own; those that are `undefined` or empty are left out. */
export const withMembers = (body: Body, members: Body): Body =>
  Object.fromEntries(
    Object.entries({ ...body, ...members }).filter(
      ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );

export const placeOf = (kind: Kind, ...name: string[]): string => addressOf("gateway", kind, ...name);

interface Shown {
  stored: Stored;
  /** To change it only if no one else has. */
  etag: string | undefined;
}

/** Proxies that compress may have marked the tag; the version at its beginning is what a change is compared with. */
const versionOf = (headers: Headers): string | undefined => {
  const [version] = /\d+/.exec(headers.get("etag") ?? "") ?? [];
  return version && `"${version}"`;
};

const shownBy = ({ data, headers }: { data: Stored; headers: Headers }): Shown => {
  return { stored: data, etag: versionOf(headers) };
};

export const show = async (kind: Kind, name: string, signal?: AbortSignal): Promise<Shown> => {
  const options = { path: { name }, signal };
  switch (kind) {
    case "upstreams":
      return shownBy(await call("GET /gateway/upstreams/{name}", options));
    case "limits":
      return shownBy(await call("GET /gateway/limits/{name}", options));
    case "policies":
      return shownBy(await call("GET /gateway/policies/{name}", options));
  }
};

const exists = (kind: Kind, name: string): Promise<boolean> =>
  show(kind, name).then(
    () => true,
    (error: unknown) => {
      if (error instanceof FountainError && error.code === "not-found") return false;
      throw error;
    },
  );

interface Change {
  kind: Kind;
  name: string;
  /** JSON, which the gateway checks. */
  json: string;
  /** Of what is changed; `undefined`: it is new, or a default. */
  etag: string | undefined;
  isNew: boolean;
}

/** Stores one. Rejects where the gateway refuses it, and where a new one has the name of another. */
export const store = async ({ kind, name, json, etag, isNew }: Change): Promise<void> => {
  if (isNew && (await exists(kind, name))) throw new Error(`There is a ${TITLES[kind].one} ${name} already.`);
  const options = { path: { name }, body: JSON.parse(json), headers: etag === undefined ? {} : { "if-match": etag } };
  switch (kind) {
    case "upstreams":
      await call("PUT /gateway/upstreams/{name}", options);
      break;
    case "limits":
      await call("PUT /gateway/limits/{name}", options);
      break;
    case "policies":
      await call("PUT /gateway/policies/{name}", options);
  }
};

export const remove = async (kind: Kind, name: string): Promise<void> => {
  const options = { path: { name } };
  switch (kind) {
    case "upstreams":
      await call("DELETE /gateway/upstreams/{name}", options);
      break;
    case "limits":
      await call("DELETE /gateway/limits/{name}", options);
      break;
    case "policies":
      await call("DELETE /gateway/policies/{name}", options);
  }
};
