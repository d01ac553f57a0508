/** What has one place: endpoints are declared in one file, and security events are recorded by rules, not by routes. */
import { isTest, type SourceFile } from "./import-rules.ts";

interface Rule {
  /** The text that is looked for. */
  found: RegExp;
  /** The files that may not have it. */
  in: (file: string) => boolean;
  fault: string;
}

const ENDPOINTS = "shared/http/endpoint.ts";
const RECORDER = "shared/observability/recorder.ts";
/** Where workers are put together; and the recorder of those without an audit trail. */
const COMPOSITION = /^(workers\/[^/]+\/src\/(index\.ts|composition\/.*)|shared\/http\/reporting\.ts)$/;

const isRoutes = (file: string): boolean => file.endsWith(".routes.ts");

const RULES: readonly Rule[] = [
  {
    found: /\brecorder\b|\baudit\s*\(|\bentryOf\s*\(|(?<!\bz\.)\brecord\s*\(/,
    in: isRoutes,
    fault: "records a security event: leave that to a rule",
  },
  {
    found: /\bcreateRoute\s*\(/,
    in: (file) => file !== ENDPOINTS,
    fault: `declares a route: use endpoint(), of ${ENDPOINTS}`,
  },
  {
    found: /\bcreateRecorder\s*=/,
    in: (file) => file !== RECORDER,
    fault: `defines a recorder of its own: there is one, in ${RECORDER}`,
  },
  {
    found: /\bcreate(?:Reporting)?Recorder\s*(?:<[^()]*>)?\s*\(/,
    in: (file) => !COMPOSITION.test(file),
    fault: "makes a recorder: only the composition of a worker does",
  },
];

/** A sentence for each of these files that goes another way; tests may. */
export const findOtherWays = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ file }) => !isTest(file))
    .flatMap(({ file, text }) =>
      RULES.filter((rule) => rule.in(file) && rule.found.test(text)).map(({ fault }) => `${file} ${fault}`),
    );
