import { expect, test } from "vitest";
import { findCrowdedFolders, findLongFiles } from "./sizes.ts";

test("a folder is crowded with more than 25 source files, however many tests there are", () => {
  const files = Array.from({ length: 26 }, (_, index) => `shared/lang/f${index}.ts`);
  const tests = files.map((file) => file.replace(".ts", ".test.ts"));
  expect(findCrowdedFolders([...files, ...tests])).toEqual([["shared/lang", 26]]);
  expect(findCrowdedFolders([...files.slice(1), ...tests])).toEqual([]);
});

test("a file is too long with more than 300 lines, tests included and generated ones aside, whether or not the last one ends", () => {
  const ofLines = (file: string, count: number, end = "\n") => ({
    file,
    text: Array.from({ length: count }, () => "const a = 1;").join("\n") + end,
  });
  expect(
    findLongFiles([
      ofLines("shared/lang/long.ts", 301),
      ofLines("shared/lang/long.test.ts", 301, ""),
      ofLines("clients/typescript/src/long.generated.ts", 301),
      ofLines("shared/lang/fits.ts", 300),
      ofLines("shared/lang/fits.test.ts", 300, ""),
    ]),
  ).toEqual([
    ["shared/lang/long.ts", 301],
    ["shared/lang/long.test.ts", 301],
  ]);
});
