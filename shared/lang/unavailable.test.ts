import { expect, test } from "vitest";
import { isUnavailable, Unavailable, unavailabilityIn } from "./unavailable.ts";

test("is recognised in whatever was made of it", () => {
  const outage = new Unavailable("no response", { detail: "Retry later.", cause: new Error("reset") });
  const wrapped = new Error("query failed", { cause: new Error("driver", { cause: outage }) });
  expect(unavailabilityIn(wrapped)).toBe(outage);
  expect(unavailabilityIn(outage)?.detail).toBe("Retry later.");
});

test("is not recognised in other failures", () => {
  for (const error of [new Error("bug", { cause: new Error("other") }), "text", undefined, null])
    expect(isUnavailable(error)).toBe(false);
});
