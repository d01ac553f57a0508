/** Waits for a program that a test has started. */

const POLL_MS = 50;
const START_TIMEOUT_MS = 20_000;

/** Resolves once it listens. Rejects after 20 seconds, with what it has `said` so far. */
export const untilListening = async (
  program: string,
  isListening: () => Promise<boolean>,
  said: () => string | undefined,
): Promise<void> => {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isListening())) {
    if (Date.now() > deadline) throw new Error(`${program} does not listen: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};
