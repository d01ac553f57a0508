/** What a gateway in a test sees of its calls: it is the only process. */
import { createLog } from "#shared/observability/log.ts";
import { createActivity } from "../../../workers/gateway/src/activity/activity.ts";
import { createAskAll, createReport } from "../../../workers/gateway/src/activity/processes.ts";
import type { GatewayServices } from "../../../workers/gateway/src/composition/services.ts";

export const createTestActivity = (
  now: () => number,
  { usage }: Pick<GatewayServices["limits"], "usage">,
): Pick<GatewayServices, "activity" | "report" | "askAll"> => {
  const activity = createActivity(now);
  const report = createReport({ activity: activity.read, usage });
  return { activity, report, askAll: createAskAll({ report, others: undefined, log: createLog("gateway") }) };
};
