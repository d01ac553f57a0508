/** How a factor is removed by its owner. */
import type { Ports } from "../model/ports.ts";
import { notifyUser } from "../notices/notices.ts";

/** Removes the factor, and with the last confirmed one the recovery codes; false when the user has no such factor. */
export const removeFactor = async (
  ports: Pick<Ports, "factors" | "vault" | "administration" | "recorder" | "now">,
  userId: string,
  factorId: string,
): Promise<boolean> => {
  // Only ids that exist are recorded.
  const factor = await ports.factors.find(userId, factorId, ports.now());
  if (!factor) return false;
  const event = { action: "factor.remove", outcome: "success", actor: userId, target: factorId } as const;
  return ports.recorder.change(event, async () => {
    const { type, name, confirmedAtMs } = factor;
    if (confirmedAtMs !== null) await notifyUser(ports, userId, { kind: "factor-removed", factor: { type, name } });
    return ports.factors.remove(userId, factorId);
  });
};
