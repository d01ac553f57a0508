/** Fills an installation with something to look at. What is there is left as it is. */
import type { Play } from "../demo/play.ts";
import { GETTING_IN, leaveNoTrace } from "../demo/steps.ts";
import { reasonOf } from "../demo/terminal.ts";
import { gateway } from "./gateway.ts";
import { people } from "./people.ts";
import { screenplays } from "./screenplays.ts";
import { services } from "./services.ts";
import type { Seed, Thing } from "./thing.ts";
import { vault } from "./vault.ts";

/** Services search what the screenplays have in them. */
const THINGS: readonly Thing[] = [...screenplays, ...people, ...services, ...vault, ...gateway];

type Say = (line: string) => void;

/** Makes what is missing, as the administrator. Returns whether all of it was made. */
const make = async (missing: readonly Thing[], seed: Seed, say: Say): Promise<boolean> => {
  let failures = 0;
  for (const thing of missing) {
    try {
      await thing.make(seed);
      say(`\u2713 ${thing.name}`);
    } catch (error) {
      failures += 1;
      say(`\u2717 ${thing.name}: ${reasonOf(error)}`);
    }
  }
  return failures === 0;
};

/** Makes what is missing, with a second factor that the administrator has only meanwhile. */
const makeAll = async (missing: readonly Thing[], play: Play, seed: Seed, say: Say): Promise<boolean> => {
  try {
    for (const step of GETTING_IN) await step.run(play);
    return await make(missing, seed, say);
  } finally {
    for (const line of await leaveNoTrace(play)) say(`  ${line}`);
  }
};

/** Says what it makes. Returns whether everything is there then. */
export const seed = async (play: Play, say: Say): Promise<boolean> => {
  const { url, user, username, password } = play;
  say(`Filling ${url} with something to look at`);
  const kept: string[] = [];
  const shared: Seed = { url, user, keep: (line) => kept.push(line) };
  try {
    await user.logIn({ username, password });
    const missing: Thing[] = [];
    for (const thing of THINGS)
      if (await thing.isThere(shared)) say(`  ${thing.name} is there already`);
      else missing.push(thing);
    const isComplete = missing.length === 0 || (await makeAll(missing, play, shared, say));
    await user.logOut();
    if (kept.length > 0) say("Keep what you need of this: it is shown only now.");
    for (const line of kept) say(`  ${line}`);
    say(isComplete ? `All ${THINGS.length} things are there: look at ${url}/console` : "Some of it could not be made.");
    return isComplete;
  } catch (error) {
    say(`\u2717 ${reasonOf(error)}`);
    return false;
  }
};
