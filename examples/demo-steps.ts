/** The steps of the demo, in order. Each one checks what it says, and throws when it does not hold. */
import { generate } from "otplib";
import { z } from "zod";
import { CallFailed, type Credential } from "./client.ts";
import {
  answer,
  type Element,
  element,
  eventually,
  hold,
  known,
  type Play,
  quoted,
  type Step,
  serviceOf,
  userOf,
} from "./demo-play.ts";

const PERIOD_SECONDS = 30;
const SEARCH_PATIENCE_MS = 15_000;
const REVOCATION_PATIENCE_MS = 6_000;
const WORDS_TO_SEARCH = 5;

/** The code of a time step near now: each step is taken once, so confirming and stepping up use different ones. */
const codeOf = (secret: string, stepsFromNow: number): Promise<string> =>
  generate({ secret, epoch: Math.floor(Date.now() / 1000) + stepsFromNow * PERIOD_SECONDS });

const readElements = async (play: Play): Promise<Element[]> => {
  const all: Element[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ scriptId: String(known(play.scriptId, "script")), limit: "200" });
    if (after !== null) query.set("after", after);
    const pageOf = z.object({ items: z.array(element), next: z.string().nullable() });
    const page: z.infer<typeof pageOf> = await answer(
      play.call("GET", `/service-a/elements?${query}`, { credential: serviceOf(play) }),
      pageOf,
    );
    all.push(...page.items);
    after = page.next;
  } while (after !== null);
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
  run: async (play) => {
    const { username, password } = play;
    const tokens = z.object({ access_token: z.string(), expires_in: z.number() });
    const token = await answer(play.call("POST", "/kms/login", { json: { username, password } }), tokens);
    play.user = { accessToken: token.access_token };
    return `${username} has an access token, good for ${token.expires_in / 60} minutes`;
  },
};

/** Passes the second factor that the user has already. */
const passOwnFactor = async (play: Play): Promise<void> => {
  const code = await play.code();
  const json = /^\d{6}$/.test(code) ? { code } : { recoveryCode: code };
  const token = await answer(
    play.call("POST", "/twofa/auth/verify", { credential: userOf(play), json }),
    z.object({ access_token: z.string() }),
  );
  play.user = { accessToken: token.access_token };
};

const enrol: Step = {
  name: "Enrol a second factor",
  run: async (play) => {
    const begin = () =>
      answer(
        play.call("POST", "/twofa/factors/totp", { credential: userOf(play) }),
        z.object({ factorId: z.string(), secret: z.string() }),
      );
    const begun = await begin().catch(async (error: unknown) => {
      if (!(error instanceof CallFailed) || error.status !== 401) throw error;
      await passOwnFactor(play);
      return begin();
    });
    play.factor = { id: begun.factorId, secret: begun.secret };
    const json = { factorId: begun.factorId, code: await codeOf(begun.secret, 0) };
    const confirmed = await answer(
      play.call("POST", "/twofa/factors/totp/confirm", { credential: userOf(play), json }),
      z.object({ recoveryCodes: z.array(z.string()) }),
    );
    const { length } = confirmed.recoveryCodes;
    return `an authenticator is confirmed, with ${length === 0 ? "the recovery codes as they were" : `${length} recovery codes`}`;
  },
};

const stepUp: Step = {
  name: "Step up",
  run: async (play) => {
    const { secret } = known(play.factor, "factor");
    const json = { code: await codeOf(secret, 1) };
    const token = await answer(
      play.call("POST", "/twofa/auth/verify", { credential: userOf(play), json }),
      z.object({ access_token: z.string() }),
    );
    const replayed = await play
      .call("POST", "/twofa/auth/verify", { credential: userOf(play), json })
      .catch((error: unknown) => error);
    hold(replayed instanceof CallFailed && replayed.status === 401, "the same code was accepted twice");
    play.user = { accessToken: token.access_token };
    return "the session is raised to aal2, and the same code a second time is refused";
  },
};

const registerService: Step = {
  name: "Register a service",
  run: async (play) => {
    const scopes = ["sequence:read", "sequence:write", "search:read"];
    await play.call("POST", "/kms/services", { credential: userOf(play), json: { name: play.mark, scopes } });
    const issued = await answer(
      play.call("POST", "/kms/keys", { credential: userOf(play), json: { service: play.mark } }),
      z.object({ key: z.string(), prefix: z.string() }),
    );
    play.key = issued.key;
    return `${play.mark} has the API key ${issued.prefix}\u2026, and works with it from here on`;
  },
};

const importScreenplay: Step = {
  name: "Import the screenplay",
  run: async (play) => {
    const imported = await answer(
      play.call("POST", "/service-a/scripts", { credential: serviceOf(play), text: play.screenplay }),
      z.object({ scriptId: z.number(), title: z.string(), counts: z.record(z.string(), z.number()) }),
    );
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
    const json = { elementType, elementId, newVersionData, comment: "rewritten in the demo" };
    const made = await answer(
      play.call("POST", "/service-a/sequence/version", { credential: serviceOf(play), json }),
      z.object({ versionNumber: z.number() }),
    );
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
    const json = { elementType, elementIds, newOrder, comment: "the last shall be first" };
    await play.call("POST", "/service-a/sequence/reorder", { credential: userOf(play), json });
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
    const json = { q: words, query_by: "text", filter_by, per_page: 250 };
    const hits = z.object({ hits: z.array(z.object({ document: z.object({ id: z.string() }) })) });
    const found = await eventually(SEARCH_PATIENCE_MS, async () => {
      const result = await answer(play.call("POST", "/search/search", { credential: serviceOf(play), json }), hits);
      return result.hits.some((hit) => hit.document.id === id);
    });
    hold(found, `${quoted(words)} was not found`);
    return `${quoted(words)} finds ${line.elementType} ${line.elementId}`;
  },
};

const isRefused = async (play: Play, credential: Credential): Promise<boolean> => {
  const outcome = await play.call("GET", "/service-a/scripts?limit=1", { credential }).catch((error: unknown) => error);
  if (outcome instanceof Response) return false;
  if (outcome instanceof CallFailed && outcome.status === 401) return true;
  throw outcome;
};

const rotateKey: Step = {
  name: "Rotate the key",
  run: async (play) => {
    const old = serviceOf(play);
    const rotated = await answer(
      play.call("POST", `/kms/keys/${play.mark}/rotate`, { credential: userOf(play), json: { graceSeconds: 0 } }),
      z.object({ key: z.string(), prefix: z.string() }),
    );
    play.key = rotated.key;
    hold(!(await isRefused(play, serviceOf(play))), "the new key is refused");
    hold(await eventually(REVOCATION_PATIENCE_MS, () => isRefused(play, old)), "the old key still works");
    return `the new key ${rotated.prefix}\u2026 works, the old one is dead`;
  },
};

const exportScreenplay: Step = {
  name: "Export the screenplay",
  run: async (play) => {
    const path = `/service-a/scripts/${known(play.scriptId, "script")}.fountain`;
    const text = await (await play.call("GET", path, { credential: serviceOf(play) })).text();
    hold(text.includes(rewritten(play)), "the new version is not in the export");
    return `${text.split("\n").length} lines of Fountain, with the new version in them`;
  },
};

export const STEPS: readonly Step[] = [
  logIn,
  enrol,
  stepUp,
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
  const { user, factor, key } = play;
  if (!user) return [];
  const removals: [string, string | undefined][] = [
    ["the service", key && `/kms/services/${play.mark}`],
    ["the second factor", factor && `/twofa/factors/${factor.id}`],
  ];
  const said: string[] = [];
  for (const [what, path] of removals) {
    if (path === undefined) continue;
    const failed = await play.call("DELETE", path, { credential: user }).then(
      () => undefined,
      (error: unknown) => error,
    );
    said.push(
      failed === undefined
        ? `${what} of the demo is removed again`
        : `${what} of the demo could not be removed: ${failed}`,
    );
  }
  play.user = undefined;
  return said;
};
