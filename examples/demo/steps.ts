/** The steps of the demo, in order. Each one checks what it says, and throws when it does not hold. */
import { generate } from "otplib";
import { type Client, FountainError } from "../../clients/typescript/src/index.ts";
import { type Element, eventually, hold, known, type Play, quoted, type Step, serviceOf, withKey } from "./play.ts";

const PERIOD_SECONDS = 30;
const SEARCH_PATIENCE_MS = 15_000;
const REVOCATION_PATIENCE_MS = 6_000;
const WORDS_TO_SEARCH = 5;

/** The code of a time step near now: each step is taken once, so confirming and stepping up use different ones. */
const codeOf = (secret: string, stepsFromNow: number): Promise<string> =>
  generate({ secret, epoch: Math.floor(Date.now() / 1000) + stepsFromNow * PERIOD_SECONDS });

const readElements = async (play: Play): Promise<Element[]> => {
  const query = { scriptId: known(play.scriptId, "script"), limit: 200 };
  const all: Element[] = [];
  for await (const one of serviceOf(play).list("GET /service-a/elements", { query })) all.push(one);
  return all;
};

const ofType = (play: Play, type: string): Element[] =>
  known(play.elements, "elements").filter((one) => one.elementType === type);

const rewritten = (play: Play): string => `Rewritten by ${play.mark}.`;

const wordsOf = (one: Element): string[] => one.text.match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? [];

/** A line of dialogue with some words in it, or the next best; in a screenplay of one line, the one just written. */
const lineToSearch = (play: Play): Element => {
  const changed = known(play.changed, "new version");
  const others = ["spokenWord", "action", "section", "character"]
    .flatMap((type) => ofType(play, type))
    .filter((one) => one !== changed && wordsOf(one).length > 0);
  const wordy = others.find((one) => wordsOf(one).length >= WORDS_TO_SEARCH);
  return wordy ?? others[0] ?? { ...changed, text: rewritten(play) };
};

/** The elements to reorder: the sections, or in a screenplay without two of them whatever there is most of. */
const reorderable = (play: Play): Element[] => {
  const candidates = ["section", "spokenWord", "action", "character"].map((type) => ofType(play, type));
  return candidates.find((list) => list.length > 1) ?? candidates.find((list) => list.length > 0) ?? [];
};

const logIn: Step = {
  name: "Log in",
  run: async ({ user, username, password }) => {
    await user.logIn({ username, password });
    const { data } = await user.call("GET /kms/me");
    return `${username} has an access token, and the roles ${data.roles.join(", ")}`;
  },
};

const enrol: Step = {
  name: "Enrol a second factor",
  run: async (play) => {
    // Of someone who has a factor already it is demanded first, and the client asks for it.
    const { data: begun } = await play.user.call("POST /twofa/factors/totp");
    const { factorId, secret } = begun;
    play.factor = { id: factorId, secret };
    const body = { factorId, code: await codeOf(secret, 0) };
    const { data: confirmed } = await play.user.call("POST /twofa/factors/totp/confirm", { body });
    const { length } = confirmed.recoveryCodes;
    return `an authenticator is confirmed, with ${length === 0 ? "the recovery codes as they were" : `${length} recovery codes`}`;
  },
};

const isUnauthorized = (error: unknown): boolean => error instanceof FountainError && error.status === 401;

const stepUp: Step = {
  name: "Step up",
  run: async ({ user, factor }) => {
    const code = await codeOf(known(factor, "factor").secret, 1);
    await user.verify({ code });
    const replayed = await user.verify({ code }).catch((error: unknown) => error);
    hold(isUnauthorized(replayed), "the same code was accepted twice");
    return "the session is raised to aal2, and the same code a second time is refused";
  },
};

const registerService: Step = {
  name: "Register a service",
  run: async (play) => {
    const scopes = ["sequence:read", "sequence:write", "search:read"];
    await play.user.call("POST /kms/services", { body: { name: play.mark, scopes } });
    const { data: issued } = await play.user.call("POST /kms/keys", { body: { service: play.mark } });
    play.service = withKey(play, issued.key);
    return `${play.mark} has the API key ${issued.prefix}\u2026, and works with it from here on`;
  },
};

const importScreenplay: Step = {
  name: "Import the screenplay",
  run: async (play) => {
    const { data: imported } = await serviceOf(play).call("POST /service-a/scripts", { body: play.screenplay });
    play.scriptId = imported.scriptId;
    const counts = Object.entries(imported.counts).map(([type, count]) => `${count} ${type}`);
    return `${quoted(imported.title)} is script ${imported.scriptId}: ${counts.join(", ")}`;
  },
};

const readBack: Step = {
  name: "Read elements back",
  run: async (play) => {
    play.elements = await readElements(play);
    hold(play.elements.length > 0, "the script has no elements");
    const numbers = play.elements.map((one) => one.sequenceNumber);
    hold(new Set(numbers).size === numbers.length, "a sequence number was given twice");
    const some = play.elements.filter((one) => one.text.trim() !== "").slice(0, 3);
    return `${play.elements.length} elements, beginning with ${some.map((one) => quoted(one.text)).join(", ")}`;
  },
};

const makeVersion: Step = {
  name: "Make a new version",
  run: async (play) => {
    const changed = known(
      ofType(play, "spokenWord").at(-1) ?? ofType(play, "action").at(-1) ?? play.elements?.at(-1),
      "line",
    );
    const { elementType, elementId } = changed;
    const newVersionData = rewritten(play);
    const body = { elementType, elementId, newVersionData, comment: "rewritten in the demo" };
    const { data: made } = await serviceOf(play).call("POST /service-a/sequence/version", { body });
    hold(made.versionNumber === changed.versionNumber + 1, `version ${made.versionNumber} was not the next one`);
    play.changed = changed;
    return `${elementType} ${elementId} is now at version ${made.versionNumber}; version 1 stays readable`;
  },
};

const reorder: Step = {
  name: "Reorder the sections",
  run: async (play) => {
    const moved = reorderable(play);
    const elementType = known(moved[0], "element to reorder").elementType;
    const elementIds = moved.map((one) => one.elementId);
    const newOrder = elementIds.toReversed();
    const body = { elementType, elementIds, newOrder, comment: "the last shall be first" };
    await play.user.call("POST /service-a/sequence/reorder", { body });
    const after = (await readElements(play)).filter(
      (one) => one.elementType === elementType && elementIds.includes(one.elementId),
    );
    const order = after.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber).map((one) => one.elementId);
    hold(order.join() === newOrder.join(), "the elements are not in their new order");
    return `${moved.length} elements of type ${elementType} now stand in reverse; that took the second factor`;
  },
};

const searchDialogue: Step = {
  name: "Search for a line of dialogue",
  run: async (play) => {
    const line = lineToSearch(play);
    const words = wordsOf(line).slice(0, WORDS_TO_SEARCH).join(" ");
    const id = `${line.elementType}-${line.elementId}`;
    const filter_by = `script_id:=${known(play.scriptId, "script")}`;
    const body = { q: words, query_by: "text", filter_by, per_page: 250 };
    const found = await eventually(SEARCH_PATIENCE_MS, async () => {
      const { data } = await serviceOf(play).call("POST /search/search", { body });
      return data.hits.some((hit) => hit.document.id === id);
    });
    hold(found, `${quoted(words)} was not found`);
    return `${quoted(words)} finds ${line.elementType} ${line.elementId}`;
  },
};

const isRefused = async (service: Client): Promise<boolean> => {
  const outcome = await service
    .call("GET /service-a/scripts", { query: { limit: 1 } })
    .catch((error: unknown) => error);
  if (outcome instanceof Error && !isUnauthorized(outcome)) throw outcome;
  return isUnauthorized(outcome);
};

const rotateKey: Step = {
  name: "Rotate the key",
  run: async (play) => {
    const old = serviceOf(play);
    const options = { path: { service: play.mark }, body: { graceSeconds: 0 } };
    const { data: rotated } = await play.user.call("POST /kms/keys/{service}/rotate", options);
    play.service = withKey(play, rotated.key);
    hold(!(await isRefused(play.service)), "the new key is refused");
    hold(await eventually(REVOCATION_PATIENCE_MS, () => isRefused(old)), "the old key still works");
    return `the new key ${rotated.prefix}\u2026 works, the old one is dead`;
  },
};

const exportScreenplay: Step = {
  name: "Export the screenplay",
  run: async (play) => {
    const path = { id: known(play.scriptId, "script") };
    const { data: text } = await serviceOf(play).call("GET /service-a/scripts/{id}.fountain", { path });
    hold(text.includes(rewritten(play)), "the new version is not in the export");
    return `${text.split("\n").length} lines of Fountain, with the new version in them`;
  },
};

/** By which the administrator can do what takes a second factor. */
export const GETTING_IN: readonly Step[] = [enrol, stepUp];

export const STEPS: readonly Step[] = [
  logIn,
  ...GETTING_IN,
  registerService,
  importScreenplay,
  readBack,
  makeVersion,
  reorder,
  searchDialogue,
  rotateKey,
  exportScreenplay,
];

/** Removes the service, its key and the factor, as far as the demo got. Says what could not be removed. */
export const leaveNoTrace = async (play: Play): Promise<string[]> => {
  const { user, service, factor, mark } = play;
  const removals: [string, (() => Promise<unknown>) | undefined][] = [
    ["the service", service && (() => user.call("DELETE /kms/services/{name}", { path: { name: mark } }))],
    ["the second factor", factor && (() => user.call("DELETE /twofa/factors/{id}", { path: { id: factor.id } }))],
  ];
  const said: string[] = [];
  for (const [what, remove] of removals) {
    if (remove === undefined) continue;
    const outcome = await remove().then(
      () => `${what} of the demo is removed again`,
      (error: unknown) => `${what} of the demo could not be removed: ${error}`,
    );
    said.push(outcome);
  }
  delete play.service;
  delete play.factor;
  return said;
};
