/** Networks as they stand in what is configured. */
import { list, text } from "#shared/contracts/input.ts";
import { MAX_NETWORK_LENGTH, parseNetwork } from "#shared/contracts/networks.ts";

const MIN_CHARACTERS = 2;

/** One to `max` addresses or networks, kept as they are written. */
export const networkList = (max: number) =>
  list(
    text({ min: MIN_CHARACTERS, max: MAX_NETWORK_LENGTH }).refine(
      (network) => parseNetwork(network) !== undefined,
      "must be an address or a network such as 10.0.0.0/8",
    ),
    { min: 1, max },
  );
