/** Whether many callers at once are all served after a silence that is longer than what is known of revocations may be old. */
import { setTimeout as sleep } from "node:timers/promises";
import { requestBytes } from "../load/connection.ts";
import type { Goal } from "../load/report.ts";
import { always, measureInSlices } from "../load/slices.ts";
import { startStage, TRIVIAL_PATH } from "./gateway-stage.ts";

const CALLERS = 20;
const TIMES = 3;
/** The smallest that is accepted. */
const MAX_STALENESS_SECONDS = 5;
const SILENCE_MS = 6_500;

/** On a copy of workerd of its own. */
export const silenceGoal = async (processes: readonly number[]): Promise<Goal> => {
  const stage = await startStage(processes, {
    settings: { REVOCATION_MAX_STALENESS_SECONDS: String(MAX_STALENESS_SECONDS) },
  });
  const values: number[] = [];
  try {
    const [token = ""] = await stage.mintTokens(1);
    const callers = {
      name: "callers",
      target: { port: stage.port },
      next: always(requestBytes(TRIVIAL_PATH, { headers: { authorization: `Bearer ${token}` } })),
      expected: 200,
      connections: CALLERS,
      processes: [],
    };
    for (let time = 0; time < TIMES; time += 1) {
      await sleep(SILENCE_MS);
      const { measured } = await measureInSlices([callers], { rounds: 1, sliceMs: 0, warmUpMs: 0 });
      const faults = measured.get(callers.name)?.faults.values() ?? [];
      values.push([...faults].reduce((sum, { count }) => sum + count, 0));
    }
  } finally {
    await stage.stop();
  }
  return {
    measure: `${CALLERS} callers at once after a silence longer than the limit of staleness, not 200`,
    values: [Math.max(...values)],
    mustReach: 0,
    isLess: true,
  };
};
