/** Orders the test files so that none of the long ones is left for the end, when the other worker has nothing to do. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They take longest, which Vitest knows by itself only of what it has run before. */
const LONGEST = [
  "tests/security/granting.test.ts",
  "tests/security/enumeration.test.ts",
  "tests/conformance/recording.test.ts",
  "tests/flows/sequence.test.ts",
  "runtime/local/start.test.ts",
  "runtime/local/hang.test.ts",
  "tests/flows/demo.test.ts",
  "tests/flows/algorithms.test.ts",
  "workers/twofa/src/attempts/lockout.test.ts",
  "tests/flows/new-service.test.ts",
  "tests/clients/recipes.test.ts",
  "tests/flows/credentials.test.ts",
  "workers/twofa/src/passkeys/webauthn.routes.test.ts",
  "workers/search/src/embedded/long-texts.test.ts",
  "workers/kms/src/accounts/lockout.routes.test.ts",
  "workers/kms/src/accounts/guessing.test.ts",
  "tests/observability/pasted.test.ts",
  "tests/observability/watching.test.ts",
  "workers/service-a/src/screenplay/size.test.ts",
  "workers/twofa/src/sent-codes/email-delivery.test.ts",
  "workers/twofa/src/sent-codes/sms.test.ts",
  "workers/service-a/src/scripts/scripts.routes.test.ts",
  "workers/twofa/src/sent-codes/send-limits.test.ts",
  "workers/kms/src/sessions/sessions.routes.test.ts",
  "workers/kms/src/audit/audited.test.ts",
  "tests/browser/docs.test.ts",
  "tests/browser/docs-session.test.ts",
  "tests/browser/docs-snippets.test.ts",
  "tests/browser/instantsearch.test.ts",
  "runtime/local/terminal/terminal.test.ts",
  "workers/service-a/src/screenplay/growth.test.ts",
  "workers/service-a/src/screenplay/properties.test.ts",
  "workers/service-a/src/screenplay/readers.test.ts",
  "workers/service-a/src/scripts/round-trip.routes.test.ts",
  "workers/service-a/src/elements/version-data.routes.test.ts",
];

const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.some((file) => moduleId.endsWith(`/${file}`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
