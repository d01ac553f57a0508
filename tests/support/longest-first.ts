/** Orders the test files so that none of the long ones is left for the end, when the other worker has nothing to do. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They take longest, which Vitest knows by itself only of what it has run before. */
const LONGEST = [
  "runtime/local/start.test.ts",
  "runtime/local/hang.test.ts",
  "tests/flows/sequence.test.ts",
  "tests/flows/credentials.test.ts",
  "workers/twofa/src/sent-codes/email-delivery.test.ts",
  "tests/flows/demo.test.ts",
  "tests/flows/add-a-service.test.ts",
  "tests/observability/watching.test.ts",
  "tests/flows/algorithms.test.ts",
  "workers/kms/src/accounts/guessing.test.ts",
  "workers/kms/src/accounts/lockout.routes.test.ts",
  "workers/kms/src/sessions/sessions.routes.test.ts",
  "tests/browser/instantsearch.test.ts",
  "workers/kms/src/audit/audited.test.ts",
  "workers/kms/src/audit-log/audit-rollback.test.ts",
  "workers/twofa/src/verification/verify.routes.test.ts",
];

const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.some((file) => moduleId.endsWith(`/${file}`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
