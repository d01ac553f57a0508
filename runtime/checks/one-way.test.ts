import { expect, test } from "vitest";
import { findOtherWays } from "./one-way.ts";

const ROUTES = "workers/kms/src/accounts/users.routes.ts";
const RULES = "workers/kms/src/accounts/users.ts";

test.for([
  [ROUTES, "await services.recorder.change(event, make);"],
  [ROUTES, "const { recorder } = services;"],
  [ROUTES, "await audit(context, event);"],
  [ROUTES, "record(context, event);"],
  [ROUTES, "await services.log.record (event);"],
  [ROUTES, "await lock(id, await entryOf(context, event));"],
  [ROUTES, "const route = createRoute({ method });"],
  [RULES, "const route = createRoute({ method });"],
  ["shared/http/openapi.ts", "export const route = createRoute({});"],
  [RULES, "export const createRecorder = (log) => ({ log });"],
  ["workers/kms/src/index.ts", "const createRecorder = (log) => ({ log });"],
  [RULES, "const recorder = createRecorder(log, sink);"],
  [RULES, "const recorder = createRecorder<AuditEvent, AuditEntry>(log, sink);"],
  [RULES, "const recorder = createReportingRecorder(kms, log);"],
] as const)("%s may not have %j", ([file, text]) => {
  expect(findOtherWays([{ file, text }])).toEqual([expect.stringContaining(file)]);
});

test.for([
  [ROUTES, "const schema = z.record(z.string(), z.unknown());"],
  [ROUTES, "export const auditEndpoints = [listAudit, recordings];"],
  [RULES, "await recorder.record(event);"],
  ["shared/http/endpoint.ts", "const route = createRoute({ method });"],
  ["shared/observability/recorder.ts", "export const createRecorder = <Event, Entry>(log) => ({ log });"],
  ["shared/http/reporting.ts", "return createRecorder<ReportableEvent, undefined>(log, sink);"],
  ["workers/search/src/index.ts", "const recorder = createReportingRecorder(env.KMS_RPC, log);"],
  ["workers/kms/src/composition/audit-services.ts", "const recorder = createRecorder(log, sink);"],
  ["workers/kms/src/audit/audit.test.ts", "const recorder = createRecorder(log, sink);"],
] as const)("%s may have %j", ([file, text]) => {
  expect(findOtherWays([{ file, text }])).toEqual([]);
});
