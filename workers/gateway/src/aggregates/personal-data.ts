/** Everything that Fountain stores about a user: each worker contributes its part, and the kms signs the whole. */
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { SignedDocument } from "#shared/contracts/personal-data.ts";
import type { ServiceARpc } from "#shared/contracts/service-a.ts";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import type { RpcResult } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { callWorker, unavailable } from "../backends/unavailable.ts";

const LIMIT_MS = 10_000;

export interface Holders {
  kms: Pick<KmsRpc, "personalData">;
  twofa: Pick<TwofaRpc, "factorsOf">;
  serviceA: ServiceARpc;
}

/** Fails with the problem `unavailable` if a worker does not respond, `unauthenticated` if the user does not exist. */
export type PersonalDataOf = (userId: string) => Promise<SignedDocument>;

const partFrom = async <Value>(callee: string, call: Promise<RpcResult<Value>>): Promise<Value> => {
  const result = await callWorker(callee, call, LIMIT_MS);
  if (!result.ok) throw unavailable(new Error(`${callee} is ${result.error.kind}`));
  return result.value;
};

export const createPersonalData =
  ({ kms, twofa, serviceA }: Holders): PersonalDataOf =>
  async (userId) => {
    const [secondFactor, contributions] = await Promise.all([
      partFrom("twofa", twofa.factorsOf(userId)),
      partFrom("service-a", serviceA.contributionsOf(userId)),
    ]);
    const signed = await callWorker("kms", kms.personalData(userId, { secondFactor, contributions }), LIMIT_MS);
    if (signed.ok) return signed.value;
    if (signed.error.kind === "blocked") throw tooOften(signed.error.retryAfterSeconds);
    throw signed.error.kind === "unknown" ? unauthenticated(true) : unavailable(new Error("kms is unavailable"));
  };
