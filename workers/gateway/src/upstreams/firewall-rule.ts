/** Firewall rules of an upstream as they are configured: what is let through or refused before anything is asked of a caller. */
import { z } from "zod";
import { list, record, text } from "#shared/contracts/input.ts";
import { networkList } from "../matching/networks.ts";
import { patternText } from "../matching/pattern.ts";

const MAX_PARTS = 64;
const FIELD = /^[a-z0-9-]{1,64}$/;

/** Header fields by their names, with values of at most `max` characters. */
export const fieldValues = (max: number) =>
  record(
    text({ min: 1, max: 64 }).regex(FIELD, "must be the name of a header field in lower case"),
    text({ max }),
    MAX_PARTS,
  );

/** The first rule of which everything given holds decides. */
export const firewallRule = z.strictObject({
  effect: z.enum(["allow", "deny"]),
  addresses: networkList(MAX_PARTS).optional(),
  /** Patterns of calls, as the caller sends them: with the prefix. */
  calls: list(patternText(), { min: 1, max: MAX_PARTS }).optional(),
  /** A header field, and what it must be; `*` stands for any characters. */
  headers: fieldValues(255).optional(),
});

export type FirewallRule = z.infer<typeof firewallRule>;
