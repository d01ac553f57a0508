import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { eventually } from "../../tests/support/workerd.ts";

const GUARD = JSON.stringify(path.join(import.meta.dirname, "guard.ts"));

/** A parent that starts `sleep` under guard, says its process id, and then does what `ending` says. */
const parent = (ending: string) =>
  spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { spawn } from "node:child_process";
import { createGuard } from ${GUARD};
const guard = createGuard();
const child = spawn("sleep", ["30"], { detached: true, stdio: "ignore" });
guard.watch("sleep", child.pid);
child.unref();
console.log(child.pid);
${ending}`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const firstLine = async (child: ReturnType<typeof parent>): Promise<number> => {
  const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), "line");
  return Number(line);
};

test("a child dies with a parent that was killed", async () => {
  const killed = parent("setInterval(() => {}, 1000);");
  const pid = await firstLine(killed);
  killed.kill("SIGKILL");
  await eventually(() => !isAlive(pid), 3000);
  expect(isAlive(pid)).toBe(false);
});

test("a child that was released is left alone", async () => {
  const released = parent("guard.release();");
  const pid = await firstLine(released);
  await once(released, "close");
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, "SIGKILL");
});
