import { expect, test } from "vitest";
import { findPrivateCalls } from "./private-calls.ts";

const CALL = "const answer = await env.KMS_RPC.invoke('trust', [], undefined);";
const ENTRYPOINT = "export class Rpc extends WorkerEntrypoint implements KmsRpc {}";

test.for([
  ["workers/search/src/index.ts", CALL],
  ["shared/http/app.ts", "binding\n  .invoke(name, args)"],
  ["workers/kms/src/rpc.ts", ENTRYPOINT],
  ["workers/kms/src/rpc.ts", "export const Rpc = class extends WorkerEntrypoint {};"],
] as const)("%s may not go past shared/rpc: %s", ([file, text]) => {
  expect(findPrivateCalls([{ file, text }])).toEqual([expect.stringContaining(file)]);
});

test.for([
  ["shared/rpc/call.ts", CALL],
  ["shared/rpc/serve.ts", ENTRYPOINT],
  ["workers/kms/src/rpc.ts", "class extends WorkerEntrypoint implements KmsInternalRpc {}"],
  ["workers/kms/src/rpc.test.ts", CALL],
  ["workers/kms/src/index.ts", "const trusted = await env.KMS_RPC.trust();"],
] as const)("%s may have %s", ([file, text]) => {
  expect(findPrivateCalls([{ file, text }])).toEqual([]);
});
