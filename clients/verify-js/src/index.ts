/** Verifies Fountain's access tokens in a service behind or beside the gateway. */
export { forExpress, forFetch, forHono, forNode } from "./adapters.ts";
export type { Caller } from "./caller.ts";
export { Refusal, type RefusalCode } from "./refusal.ts";
export { createVerifier, type Demand, type Verifier, type VerifierOptions } from "./verifier.ts";
