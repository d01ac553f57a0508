import { expect, test } from "vitest";
import { useFieldMessages } from "#shared/http/field-messages.ts";
import { parseConfigurationFile } from "./file-schema.ts";

useFieldMessages();

const LIMIT = { match: "POST /kms/login", per: "address", limit: 10, window: "1m" };

test("a file that says nothing configures nothing", () => {
  for (const nothing of [null, undefined, {}, { upstreams: null, limits: {} }])
    expect(parseConfigurationFile(nothing)).toEqual({ objects: [], faults: [] });
});

test("objects have what the API would store", () => {
  expect(
    parseConfigurationFile({ limits: { logins: LIMIT }, policies: { all: { effect: "allow", routes: ["* /**"] } } }),
  ).toEqual({
    faults: [],
    objects: [
      { kind: "limit", name: "logins", body: LIMIT },
      { kind: "policy", name: "all", body: { effect: "allow", routes: ["* /**"], when: {} } },
    ],
  });
});

test.each<[unknown, ...string[]]>([
  ["text", "the file: must be an object"],
  [[], "the file: must be an object"],
  [{ upstream: {} }, "upstream: unknown member"],
  [
    { upstream: {}, toString: {}, limits: { Logins: { ...LIMIT, window: "2d" } }, policies: [] },
    "upstream: unknown member",
    "toString: unknown member",
    "limits.Logins: its name must be lower-case letters",
    "limits.Logins.window: must be 1s to 1d",
    "policies: must be an object",
  ],
  [{ limits: [] }, "limits: must be an object"],
  [{ limits: { Logins: LIMIT } }, "limits.Logins: its name must be lower-case letters"],
  [{ upstreams: { kms: { targets: [] } } }, "upstreams.kms: its name is a name of Fountain's own"],
  [
    { upstreams: { notes: { targets: ["ftp://x"], extra: 1 } }, limits: { logins: { ...LIMIT, window: "2d" } } },
    "upstreams.notes.targets.0: must be an http or https URL",
    "upstreams.notes.extra: unknown member",
    "limits.logins.window: must be 1s to 1d",
  ],
  [{ limits: { logins: null } }, "limits.logins: must be an object"],
])("each fault has a line that says where it is: %j", (given, ...expected) => {
  const { faults } = parseConfigurationFile(given);
  expect(faults).toHaveLength(expected.length);
  for (const line of expected)
    expect(
      faults.some((fault) => fault.startsWith(line)),
      `${line} in ${faults}`,
    ).toBe(true);
});
