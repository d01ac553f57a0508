/** Changes of the second factor, told in the audit trail before they are made: without an entry there is no change. */
import type { Ports } from "../model/ports.ts";
import type { ChangeEvent } from "../model/security-event.ts";

/** Makes the change once the audit trail knows of it, and tells it of one that did not come about. */
export const audited = async <Value>(
  ports: Pick<Ports, "audit" | "record">,
  event: ChangeEvent,
  change: () => Promise<Value>,
  isDone: (value: Value) => boolean,
): Promise<Value> => {
  await ports.audit.announce(event);
  const value = await change();
  if (isDone(value)) await ports.record(event);
  else await ports.audit.retract(event);
  return value;
};
