import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTraceparent, parseTraceparent, startSpan } from "./trace.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";

test("reads the example of the standard", () => {
  expect(parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-01`)).toEqual({
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    sampled: true,
  });
  expect(parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-00`)?.sampled).toBe(false);
});

test("looks at the sampled flag alone, whatever else is set", () => {
  expect(parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-ff`)?.sampled).toBe(true);
  expect(parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-fe`)?.sampled).toBe(false);
});

test("reads what it knows of a later version", () => {
  for (const rest of ["", "-what-the-future-brings"])
    expect(parseTraceparent(`cc-${TRACE_ID}-${SPAN_ID}-01${rest}`)?.traceId).toBe(TRACE_ID);
});

test.each([
  ["nothing", null],
  ["an empty header", ""],
  ["the forbidden version", `ff-${TRACE_ID}-${SPAN_ID}-01`],
  ["a trace id of zeros", `00-${"0".repeat(32)}-${SPAN_ID}-01`],
  ["a span id of zeros", `00-${TRACE_ID}-${"0".repeat(16)}-01`],
  ["upper case", `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
  ["a short trace id", `00-${TRACE_ID.slice(1)}-${SPAN_ID}-01`],
  ["surplus in version 00", `00-${TRACE_ID}-${SPAN_ID}-01-more`],
  ["surplus without a dash", `cc-${TRACE_ID}-${SPAN_ID}-01.more`],
  ["two headers joined", `00-${TRACE_ID}-${SPAN_ID}-01, 00-${TRACE_ID}-${SPAN_ID}-01`],
])("refuses %s", (_, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test("never throws, and never gives back anything but hexadecimal digits", () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      const span = parseTraceparent(header);
      expect(span === undefined || /^[0-9a-f]{32}$/.test(span.traceId)).toBe(true);
    }),
  );
});

test("a child keeps the trace and the sampling, and has a span of its own", () => {
  const parent = parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-00`);
  const child = startSpan(parent);
  expect(child).toMatchObject({ traceId: TRACE_ID, sampled: false });
  expect(child.spanId).not.toBe(SPAN_ID);
  expect(parseTraceparent(formatTraceparent(child))).toEqual(child);
});

test("a trace without a parent is new and sampled", () => {
  const [one, two] = [startSpan(undefined), startSpan(undefined)];
  expect(one.traceId).not.toBe(two.traceId);
  expect(parseTraceparent(formatTraceparent(one))).toEqual(one);
  expect(one.sampled).toBe(true);
});
