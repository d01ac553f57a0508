import { expect, test } from "vitest";
import { success } from "#shared/lang/result.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { createWorkerSecrets } from "./worker-secrets.ts";

const setUp = () => {
  const { recorder, recorded } = createTestRecorder();
  const touched: string[] = [];
  const workerSecrets = createWorkerSecrets({
    values: {
      read: async (path) => {
        touched.push(path);
        return success({ path, version: 2, value: "kept", createdAt: new Date(0) });
      },
      write: async (path) => {
        touched.push(path);
        return success(3);
      },
    },
    recorder,
  });
  return { workerSecrets, recorded, touched };
};

test("workers read and write below their own paths, and are recorded by name", async () => {
  const { workerSecrets, recorded } = setUp();
  expect(await workerSecrets.read("typesense/admin-key")).toEqual({ ok: true, value: { version: 2, value: "kept" } });
  expect(await workerSecrets.write({ path: "typesense/keys/a", value: "x", cas: 0 })).toEqual({ ok: true, value: 3 });
  expect(recorded).toEqual([
    { action: "secret.read", outcome: "success", actor: "worker:search", target: "typesense/admin-key" },
    { action: "secret.write", outcome: "success", actor: "worker:search", target: "typesense/keys/a" },
  ]);
});

test("workers reach no other secret, however the path is spelled", async () => {
  const { workerSecrets, touched } = setUp();
  for (const path of [
    "",
    "typesense",
    "typesense/",
    "typesense/*",
    "typesensex/a",
    "other",
    "typesense/../other",
    "/typesense/a",
  ]) {
    expect(await workerSecrets.read(path), path).toEqual({ ok: false, error: { kind: "forbidden" } });
    expect(await workerSecrets.write({ path, value: "x", cas: 0 }), path).toEqual({
      ok: false,
      error: { kind: "forbidden" },
    });
  }
  expect(touched).toEqual([]);
});
