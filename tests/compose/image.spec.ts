import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { composeSecret } from "../../runtime/compose/secrets.ts";
import { readTopology } from "../../runtime/workerd/topology.ts";
import { answers, baseUrl, compose, container, containers, docker, eventually, inspect, secret } from "./stack.ts";

const IMAGE = "fountain-workerd:test";
const MAX_IMAGE_BYTES = 250_000_000;
const { workers } = readTopology(path.join(import.meta.dirname, "..", ".."));
const SECRETS = workers.flatMap(({ worker, secrets }) => secrets.map((name) => composeSecret(worker, name)));
const BUNDLES = [...workers.map(({ worker }) => worker), "hasher", "internal", "sockets", "typesense"];

const place = inject("stack");

/** Runs the image with these secrets and nothing else; the code it ended with, and what it said. */
const start = (name: string, secrets: Readonly<Record<string, string>>): Promise<{ code: unknown; said: string }> => {
  const directory = path.join(place.directory, name);
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  for (const [file, content] of Object.entries(secrets)) writeFileSync(path.join(directory, file), content);
  const args = ["run", "--rm", "--network", "none", "-v", `${directory}:/run/secrets:ro`, IMAGE];
  return new Promise((resolve) => {
    execFile("docker", args, { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
};

const goodSecrets = (): Record<string, string> =>
  Object.fromEntries(SECRETS.map((name) => [name, secret(place, name)]));

test("the image holds workerd, the bundles, the configuration and the entry point, in under 250 MB", async () => {
  const bytes = Number(await docker("image", "inspect", "-f", "{{.Size}}", IMAGE));
  console.log(`The image has ${(bytes / 1e6).toFixed(0)} MB.`);
  expect(bytes).toBeLessThan(MAX_IMAGE_BYTES);
  const list = "shopt -s globstar dotglob; cd /; printf '%s\\n' bin/* usr/**/* fountain/* lib/**/*.so* lib64/*";
  const listed = await docker("run", "--rm", "--network", "none", "--entrypoint", "/bin/bash", IMAGE, "-c", list);
  const files = listed
    .split("\n")
    .filter((name) => !/\.so(\.\d+)*$/.test(name) && !/^(usr(\/local(\/bin)?)?)?$/.test(name));
  expect(files.toSorted()).toEqual(
    [
      "bin/bash",
      "bin/sh",
      ...BUNDLES.map((name) => `fountain/${name}.js`),
      "fountain/entrypoint.bash",
      "fountain/hasher.capnp",
      "fountain/hashers.bash",
      "fountain/healthcheck.bash",
      "fountain/listen.pl",
      "fountain/networks.capnp",
      "fountain/networks.capnp.in",
      "fountain/settings.list",
      "fountain/simd.wasm",
      "fountain/supervise.bash",
      "fountain/workerd-private-mail.capnp",
      "fountain/workerd.capnp",
      "usr/local/bin/nice",
      "usr/local/bin/perl",
      "usr/local/bin/workerd",
    ].toSorted(),
  );
});

test("refuses to start without secrets, and names every one that is missing", async () => {
  const { code, said } = await start("none", {});
  expect(code).toBe(1);
  for (const name of SECRETS) expect(said).toContain(`Fountain: the secret ${name} is missing`);
});

test.for(SECRETS)("refuses to start with a weak %s, and names it without showing it", async (name) => {
  const { code, said } = await start(`weak-${name}`, { ...goodSecrets(), [name]: "31-bytes-are-one-byte-too-few-1" });
  expect(code).toBe(1);
  expect(said).toBe(
    `Fountain: the secret ${name} is weak (under 32 bytes): remove its file and run \`npm run secrets\`\n`,
  );
});

test("a replica that was killed is ready again", async () => {
  const replica = await container(place, "workerd");
  const readyMs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await docker("kill", replica);
    await docker("start", replica);
    const address = await inspect(replica, `{{(index .NetworkSettings.Networks "${place.project}_app").IPAddress}}`);
    await eventually(() => answers(`http://${address}:8787/ready`), 10);
    readyMs.push(Date.now() - Date.parse(await inspect(replica, "{{.State.StartedAt}}")));
  }
  console.log(`From the start of the process to ready: ${readyMs.join(", ")} ms.`);
  expect(readyMs).toHaveLength(3);
});

test("every container is locked down", async () => {
  const ids = await containers(place);
  expect(ids).toHaveLength(7);
  for (const inspected of JSON.parse(await docker("inspect", ...ids))) {
    const { Config: config, HostConfig: host } = inspected;
    expect(host, config.Image).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: config.Image.startsWith("fountain-caddy") ? ["NET_BIND_SERVICE"] : null,
      SecurityOpt: ["no-new-privileges:true"],
      Privileged: false,
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "5" } },
    });
    expect(config.User).toMatch(/^(10001:10001|666:666)$/);
    for (const limit of [host.Memory, host.NanoCpus || host.CpuQuota, host.PidsLimit]) expect(limit).toBeGreaterThan(0);
    expect(config.Env.join("\n")).not.toContain(secret(place, "kms_secret_key"));
  }
});

test("the chores run, and migrating again changes nothing", async () => {
  const scheduler = await container(place, "scheduler");
  await eventually(async () => (await inspect(scheduler, "{{.State.Health.Status}}")) === "healthy");
  expect(await compose(place, "run", "--rm", "--no-deps", "migrate")).toContain("The database of kms is up to date.");
});

afterAll(async () => {
  await eventually(() => answers(`${baseUrl(place)}/ready`));
});
