/** Everything that Fountain stores about a user: each worker contributes its part, and the kms signs the whole. */
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { SignedDocument } from "#shared/contracts/personal-data.ts";
import type { ServiceARpc } from "#shared/contracts/service-a.ts";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import { unwrap } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";

export interface Holders {
  kms: Pick<KmsRpc, "personalData">;
  twofa: Pick<TwofaRpc, "factorsOf">;
  serviceA: ServiceARpc;
}

/** Fails with the problem `unauthenticated` if the user does not exist. */
export type PersonalDataOf = (userId: string) => Promise<SignedDocument>;

export const createPersonalData =
  ({ kms, twofa, serviceA }: Holders): PersonalDataOf =>
  async (userId) => {
    const [secondFactor, contributions] = await Promise.all([
      twofa.factorsOf(userId).then(unwrap),
      serviceA.contributionsOf(userId).then(unwrap),
    ]);
    const signed = await kms.personalData(userId, { secondFactor, contributions });
    if (signed.ok) return signed.value;
    switch (signed.error.kind) {
      case "blocked":
        throw tooOften(signed.error.retryAfterSeconds);
      case "unknown":
        throw unauthenticated(true);
    }
  };
