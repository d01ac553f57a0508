/**
 * Names of applications that describe themselves, which lead to what is not public (SSRF, DNS rebinding): as the operator runs it, the
 * kms calls no such address. Fountain runs with a resolver of its own, which takes root; skipped, and said so, without it.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type NameServer, startNameServer } from "../support/programs/name-server.ts";
import { createResolver } from "../support/programs/resolver.ts";
import { startTrap, type Trap } from "../support/programs/trap.ts";
import { useWorld } from "../upstreams/world.ts";
import { newVerifier, requestTo } from "./provider.ts";

const NAME_SERVER = "127.53.0.2";
const resolver = createResolver(NAME_SERVER);
const PASSWORD = "a password for tests";

/** What their names resolve to. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  "loopback.example": ["127.0.0.1"],
  "unspecified.example": ["0.0.0.0"],
  "mapped.example": ["::ffff:127.0.0.1"],
  "loopback-6.example": ["::1"],
  "private.example": ["10.0.0.1"],
  "metadata.example": ["169.254.169.254"],
  "several.example": ["169.254.169.254", "127.0.0.1"],
};

describe.skipIf(!resolver.isPossible)("the document of an application", () => {
  const world = useWorld({ within: resolver.within, settings: { CIMD: "open" } });
  const asked = new Set<string>();
  let names: NameServer;
  let trap: Trap;

  beforeAll(async () => {
    names = await startNameServer(NAME_SERVER, (name) => {
      asked.add(name);
      return ADDRESSES[name] ?? [];
    });
    trap = await startTrap("127.0.0.1");
  });
  afterAll(() => {
    names?.stop();
    trap?.listener.close();
    resolver.remove();
  });

  test.for(Object.keys(ADDRESSES))("is not read where its name leads to what is not public: %s", async (host) => {
    const { fountain, administrator } = world();
    const person = { username: `person-${crypto.randomUUID()}`, password: PASSWORD };
    await send(fountain, "POST", "/kms/users", { headers: administrator, json: person });
    const visitor = openVisitor(fountain);
    await visitor.logIn(person);
    const application = { clientId: `https://${host}:${trap.port}/client.json`, clientSecret: "" };
    const page = await visitor.get(requestTo({ issuer: "" }, application, newVerifier()));
    expect(page.text).toContain("does not describe itself as it should");
    expect(asked).toContain(host);
    expect(trap.caught()).toBe(0);
  });

  test("would have been asked for where it must not lead", async () => {
    await once(connect(trap.port, "127.0.0.1"), "close");
    expect(trap.caught()).toBe(1);
  });
});
