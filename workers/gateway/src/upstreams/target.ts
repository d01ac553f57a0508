/** Targets of an upstream as they are configured: its servers, by their URLs. */
import { z } from "zod";
import { integer, text } from "#shared/contracts/input.ts";

const MAX_URL_CHARACTERS = 255;
const MAX_WEIGHT = 1_000;
/** A target that is no server but a service binding of the gateway, on the edge. */
export const BINDING_SCHEME = "binding:";
const BINDING = /^binding:[A-Z][A-Z0-9_]{0,63}$/;

const isServer = (written: string): boolean => {
  const url = URL.parse(written);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    !/[?#@]/.test(written)
  );
};

const targetUrl = () =>
  text({ min: 1, max: MAX_URL_CHARACTERS }).refine(
    (written) => BINDING.test(written) || isServer(written),
    "must be an http or https URL without credentials and query, such as http://127.0.0.1:9000",
  );

/** A URL, or one with the share of calls that it gets; 1 by default, 0: none. */
export const targetBody = () =>
  z.union([targetUrl(), z.strictObject({ url: targetUrl(), weight: integer({ min: 0, max: MAX_WEIGHT }) })]);

export type TargetBody = z.infer<ReturnType<typeof targetBody>>;

/** A target with the share that it gets. */
export interface Target {
  url: string;
  weight: number;
}

export const targetOf = (body: TargetBody): Target => (typeof body === "string" ? { url: body, weight: 1 } : body);
