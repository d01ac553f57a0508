/** How a factor is removed by its owner. */
import type { Ports } from "../model/ports.ts";

/** Removes the factor, and with the last confirmed one the recovery codes; false when the user has no such factor. */
export const removeFactor = async (
  { factors, recorder, now }: Pick<Ports, "factors" | "recorder" | "now">,
  userId: string,
  factorId: string,
): Promise<boolean> => {
  // Only ids that exist are recorded.
  if (!(await factors.find(userId, factorId, now()))) return false;
  return recorder.change({ action: "factor.remove", outcome: "success", actor: userId, target: factorId }, () =>
    factors.remove(userId, factorId),
  );
};
