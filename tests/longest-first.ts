/** Orders the test files so that none of the long ones is left for the end, when the other worker has nothing to do. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They take longest, which Vitest knows by itself only of what it has run before. */
const LONGEST = [
  "runtime/start.test.ts",
  "runtime/hang.test.ts",
  "tests/flows/sequence.test.ts",
  "tests/flows/credentials.test.ts",
  "workers/twofa/src/routes/email.test.ts",
  "tests/flows/demo.test.ts",
  "tests/flows/add-a-service.test.ts",
  "tests/observability/watching.test.ts",
  "tests/flows/algorithms.test.ts",
  "workers/kms/src/routes/guessing.test.ts",
  "workers/kms/src/routes/lockout.test.ts",
  "workers/kms/src/routes/sessions.test.ts",
  "tests/browser/instantsearch.test.ts",
  "workers/kms/src/routes/audited.test.ts",
  "workers/kms/src/routes/audit-rollback.test.ts",
  "workers/twofa/src/routes/verify.test.ts",
];

const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.some((file) => moduleId.endsWith(`/${file}`));

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
