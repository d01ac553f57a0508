/** Applies the configuration file through the internal socket, once the workers respond. */
import { callLocal } from "../local/local-http.ts";
import { OperatorError } from "../local/operator-error.ts";

const TIMEOUT_MS = 30_000;

/** A line for each fault, of what the gateway responds. */
export const faultsIn = (text: string): string[] => {
  const faults: unknown = JSON.parse(text);
  if (!Array.isArray(faults)) throw new Error("the gateway responded no list");
  return faults.map(String);
};

/** `databaseToken`: what opens the gateway's database. Throws {@link OperatorError} with a line for each fault. */
export const applyConfiguration = async (
  socketPath: string,
  { file, content, databaseToken }: { file: string; content: unknown; databaseToken: string },
): Promise<void> => {
  const { status, text } = await callLocal({
    to: { socketPath },
    method: "POST",
    path: "/configuration",
    headers: { authorization: `Bearer ${databaseToken}` },
    body: JSON.stringify(content ?? null),
    timeoutMs: TIMEOUT_MS,
  });
  if (status !== 200) throw new OperatorError(`${file} cannot be applied (${status} ${text})`);
  const faults = faultsIn(text);
  if (faults.length > 0) throw new OperatorError(faults.map((fault) => `${file}: ${fault}`).join("\n"));
};
