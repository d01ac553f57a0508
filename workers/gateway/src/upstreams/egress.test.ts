import { expect, test } from "vitest";
import { boundServices, createReach } from "./egress.ts";
import { createTargetRules } from "./target-rules.ts";

const sent: string[] = [];
const service = (name: string) => ({
  fetch: async (url: RequestInfo | URL, init?: RequestInit) => {
    sent.push(`${name} ${String(url)} ${init?.redirect}`);
    return new Response();
  },
});

const bound = boundServices({ NOTES: service("notes"), KMS: service("kms"), LEVEL: "info" }, (name) => name === "KMS");
const targetRules = createTargetRules({
  publicUrl: "http://localhost:8787",
  internalPorts: new Set([8787]),
  bindings: new Set(bound.keys()),
});
const reach = createReach({ egress: service("egress"), bound, targetRules });

test("a request goes by the egress or to the service that is bound, and never follows a redirect", async () => {
  await reach("http://127.0.0.1:9000/a?b", {});
  await reach("http://[::1]:9000", {});
  await reach("binding:NOTES/a?b", {});
  expect(sent.splice(0)).toEqual([
    "egress http://127.0.0.1:9000/a?b manual",
    "egress http://[::1]:9000 manual",
    "notes http://service/a?b manual",
  ]);
});

test.for([
  ...["http://169.254.169.254/latest", "http://[::ffff:a9fe:a9fe]:80/x", "http://2852039166", "http://metadata/"],
  ...["http://localhost:8787/kms", "http://10.0.0.1:8787/", "binding:KMS/x", "binding:NOWHERE/x", "binding:LEVEL/x"],
])("nothing is sent to %s, however it came to be stored", async (url) => {
  await expect(reach(url, {})).rejects.toMatchObject({ code: "unavailable" });
  expect(sent).toEqual([]);
});
