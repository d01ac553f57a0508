import { expect, test } from "vitest";
import { mergeExpositions, upExposition } from "./merge.ts";

const exposition = (worker: string): string =>
  `# HELP a_total A.\n# TYPE a_total counter\na_total{worker="${worker}"} 1\n\n# HELP b B.\n# TYPE b gauge\n`;

test("says what a metric is once, and keeps its series together", () => {
  expect(mergeExpositions([exposition("kms"), exposition("twofa"), "# HELP b B.\n# TYPE b gauge\nb 2\n"])).toBe(
    '# HELP a_total A.\n# TYPE a_total counter\na_total{worker="kms"} 1\na_total{worker="twofa"} 1\n' +
      "\n# HELP b B.\n# TYPE b gauge\nb 2\n",
  );
});

test("keeps the buckets of a histogram in their order", () => {
  const histogram = (worker: string) =>
    `# HELP h H.\n# TYPE h histogram\nh_bucket{le="1",worker="${worker}"} 1\nh_bucket{le="+Inf",worker="${worker}"} 2\n` +
    `h_sum{worker="${worker}"} 3\nh_count{worker="${worker}"} 2\n`;
  const lines = mergeExpositions([histogram("kms"), histogram("search")]).split("\n");
  expect(lines.filter((line) => line.startsWith("#"))).toHaveLength(2);
  expect(lines.findIndex((line) => line.includes('worker="search"'))).toBe(6);
});

test("tells which workers answered", () => {
  const up = upExposition(
    new Map([
      ["kms", true],
      ["search", false],
    ]),
  );
  expect(up).toContain('fountain_worker_up{worker="kms"} 1\nfountain_worker_up{worker="search"} 0\n');
  expect(mergeExpositions([up])).toBe(up);
});
