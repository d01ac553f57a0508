import { expect, test } from "vitest";
import { createLockWatch, heldFor } from "./write-locks.ts";

/** A database, as the watch sees it, and the first of so many rounds in which its lock is found lost. */
const createStage = () => {
  let writes = 0;
  const seen = { stamp: "", held: false, tries: 0, endWrite: (): void => {} };
  const look = createLockWatch({
    name: "kms",
    stamp: () => seen.stamp,
    isHeld: () => seen.held,
    tryToWrite: () => {
      seen.tries += 1;
      return new Promise<void>((resolve) => {
        seen.endWrite = resolve;
      });
    },
  });
  return {
    seen,
    write: () => {
      writes += 1;
      seen.stamp = String(writes);
    },
    rounds: async (count: number, patience = 1): Promise<string | undefined> => {
      for (let round = 0; round < count; round += 1) {
        const found = look(patience);
        if (found !== undefined) return found;
        await Promise.resolve();
      }
      return undefined;
    },
  };
};

test("a lock is lost when a write waits for three rounds in which nobody holds it and nothing is written", async () => {
  const { rounds, seen } = createStage();
  expect(await rounds(6)).toBeUndefined();
  expect(seen.tries).toBe(1);
  expect(await rounds(1)).toBe(
    "has lost the write lock of the database kms: a write is waiting, but none is in progress",
  );
});

test("it takes the more rounds, the more patience there is", async () => {
  const { rounds } = createStage();
  expect(await rounds(3 + 3 * 4, 4)).toBeUndefined();
  expect(await rounds(1, 4)).toContain("write lock");
});

test("nothing is tried where others write, so that there is no writer too many", async () => {
  const { rounds, write, seen } = createStage();
  for (let round = 0; round < 30; round += 1) {
    if (round % 3 === 0) write();
    expect(await rounds(1)).toBeUndefined();
  }
  expect(seen.tries).toBe(0);
});

test("a long transaction is no loss, before a write is tried and while it waits", async () => {
  const { rounds, seen } = createStage();
  seen.held = true;
  expect(await rounds(20)).toBeUndefined();
  expect(seen.tries).toBe(0);
  seen.held = false;
  while (seen.tries === 0) expect(await rounds(1)).toBeUndefined();
  seen.held = true;
  expect(await rounds(30)).toBeUndefined();
  seen.held = false;
  expect(await rounds(7)).toContain("write lock");
  expect(seen.tries).toBe(1);
});

test("a write that gets through, or fails, shows that the lock is there", async () => {
  const { rounds, seen } = createStage();
  for (let turn = 1; turn <= 5; turn += 1) {
    await rounds(4);
    expect(seen.tries).toBe(turn);
    seen.endWrite();
    await Promise.resolve();
  }
});

test("the kernel's list of locks is read: a database's file counts when its lock to write or to checkpoint is held", () => {
  const locks = `1: POSIX  ADVISORY  WRITE 30285 fe:00:101 120 120
2: POSIX  ADVISORY  READ 30285 fe:00:102 124 124
3: POSIX  ADVISORY  READ 30285 fe:00:103 128 128
4: POSIX  ADVISORY  WRITE 0 00:1f:104 121 121
4: -> POSIX  ADVISORY  WRITE 7 00:1f:105 120 120
5: FLOCK  ADVISORY  WRITE 941 fe:00:106 0 EOF
6: POSIX  ADVISORY  WRITE 941 fe:00:107 1073741825 1073741826
7: POSIX  MSNFS     WRITE -1 fe:00:108 118 125
`;
  expect([...heldFor(locks)]).toEqual([101, 104, 108]);
});
