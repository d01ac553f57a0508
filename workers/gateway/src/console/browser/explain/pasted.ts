/**
 * Reads a request that someone has pasted: a command line of curl, a raw HTTP request, or a method and a URL. Credentials are
 * never kept: of a token or key, only whom it names.
 */

export interface PastedCall {
  method: string;
  /** Without its query. */
  path: string;
  host?: string;
  /** A user's id. */
  subject?: string;
  service?: string;
  /** An API key's id. */
  key?: string;
  acr?: "aal1" | "aal2";
  headers: Record<string, string>;
}

type Fields = [name: string, value: string][];

const BACKSLASH = "\\";

/** The words of a command line, as a POSIX shell splits it. */
const shellWords = (line: string): string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === BACKSLASH && quote !== "'") {
      at += 1;
      const next = line.charAt(at);
      if (next !== "\n") word = (word ?? "") + next;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  return word === undefined ? words : [...words, word];
};

/** Options of curl by what they take: without these letters and names, an option takes nothing. */
const SHORT_WITH_VALUE = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";
const SHORT_NAMES: Readonly<Record<string, string>> = {
  A: "user-agent",
  d: "data",
  e: "referer",
  F: "form",
  G: "get",
  H: "header",
  I: "head",
  T: "upload-file",
  X: "request",
};
const LONG_WITHOUT_VALUE =
  /^(?:get|head|include|silent|show-error|verbose|insecure|location|compressed|fail|fail-with-body|globoff|http\d.*|ipv[46]|no-.*|path-as-is|remote-name|tlsv.*)$/;

interface CommandLine {
  url: string;
  options: [name: string, value: string][];
}

const readOptions = (words: readonly string[]): CommandLine => {
  const read: CommandLine = { url: "", options: [] };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith("--")) {
      const name = word.slice(2);
      const value = LONG_WITHOUT_VALUE.test(name) ? "" : (rest.shift() ?? "");
      if (name === "url") read.url = value;
      else read.options.push([name, value]);
    } else if (word.startsWith("-") && word.length > 1) {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        const takesValue = SHORT_WITH_VALUE.includes(letter);
        const value = takesValue ? word.slice(at + 1) || (rest.shift() ?? "") : "";
        read.options.push([SHORT_NAMES[letter] ?? letter, value]);
        if (takesValue) break;
      }
    } else read.url ||= word;
  }
  return read;
};

const fieldOf = (line: string): Fields => {
  const colon = line.indexOf(":");
  return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
};

interface Read {
  method: string;
  url: string;
  fields: Fields;
}

const readCurl = (text: string): Read => {
  const { url, options } = readOptions(shellWords(text).slice(1));
  const has = (...names: string[]): boolean => options.some(([name]) => names.includes(name));
  const sendsBody = options.some(([name]) => /^(?:data|json|form)/.test(name));
  const methods: [boolean, string][] = [
    [has("head"), "HEAD"],
    [has("get"), "GET"],
    [has("upload-file"), "PUT"],
    [sendsBody, "POST"],
  ];
  const said = options.find(([name]) => name === "request")?.[1];
  const fields = options.flatMap(([name, value]): Fields => {
    if (name === "header") return fieldOf(value);
    return name === "user-agent" || name === "referer" ? [[name, value]] : [];
  });
  return { method: said ?? methods.find(([holds]) => holds)?.[1] ?? "GET", url, fields };
};

const REQUEST_LINE = /^(?:([A-Z]+)\s+)?(\S+)(?:\s+HTTP\/[\d.]+)?$/i;

const readRaw = (text: string): Read | undefined => {
  const [first = "", ...lines] = text.split(/\r?\n/);
  const [, method = "GET", url = ""] = REQUEST_LINE.exec(first.trim()) ?? [];
  if (url === "") return undefined;
  const end = lines.findIndex((line) => line.trim() === "");
  return { method, url, fields: lines.slice(0, end < 0 ? undefined : end).flatMap(fieldOf) };
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** What a token says of its bearer, which only the gateway could verify. */
const claimsOf = (token: string): Record<string, unknown> => {
  try {
    const [, payload = ""] = token.split(".");
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return isObject(claims) ? claims : {};
  } catch {
    return {};
  }
};

type Caller = Pick<PastedCall, "subject" | "service" | "key" | "acr">;

const SERVICE = "service:";

/** Whom a credential names. */
const callerOf = (credential: string): Caller => {
  const [, id] = /^ftn_([0-9A-Za-z]{8})_/.exec(credential) ?? [];
  if (id !== undefined) return { key: id };
  const { sub, acr } = claimsOf(credential);
  if (typeof sub !== "string") return {};
  if (sub.startsWith(SERVICE)) return { service: sub.slice(SERVICE.length) };
  return { subject: sub, ...(acr === "aal2" && { acr }) };
};

const CREDENTIALS = ["authorization", "x-api-key", "x-typesense-api-key"];
const DROPPED = new Set([...CREDENTIALS, "cookie", "dpop", "host", "proxy-authorization", "x-otp"]);

/** The request; `undefined` where the text is none. `ownHost`: of this installation. */
export const readPasted = (text: string, ownHost: string): PastedCall | undefined => {
  const trimmed = text.trim();
  const read = /^(?:\$\s*)?(?:curl|call)(?:\s|$)/.test(trimmed)
    ? readCurl(trimmed.replace(/^\$\s*/, ""))
    : readRaw(trimmed);
  if (!read) return undefined;
  const { method, url, fields } = read;
  const named = fields.find(([name]) => name === "host")?.[1] ?? ownHost;
  const whole = url.startsWith("/") ? `http://${named}${url}` : /^https?:\/\//i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(whole) || url === "") return undefined;
  const { host, pathname } = new URL(whole);
  const credential = fields.find(([name]) => CREDENTIALS.includes(name))?.[1].replace(/^(?:Bearer|DPoP)\s+/i, "");
  return {
    method: method.toUpperCase(),
    path: pathname,
    ...(host !== ownHost && { host }),
    ...(credential !== undefined && callerOf(credential)),
    headers: Object.fromEntries(fields.filter(([name]) => !DROPPED.has(name))),
  };
};
