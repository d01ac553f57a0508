import { expect, test } from "vitest";
import { ROUTES } from "../../../shared/policy/routes.ts";
import { LARGEST } from "./largest.ts";

test("every row of the route table has its largest input measured, or says why none is larger", () => {
  const rows = Object.entries(ROUTES).flatMap(([worker, routes]) =>
    Object.keys(routes).map((row) => `${worker} ${row}`),
  );
  expect(Object.keys(LARGEST).sort()).toEqual(rows.sort());
});
