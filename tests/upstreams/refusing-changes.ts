/** Changes of what is configured after which a caller could not open again what is open: it has to end. */
import { expect } from "vitest";
import { send } from "../support/call.ts";
import type { World } from "./world.ts";

/** Five seconds, and what a busy machine adds. */
export const WITHIN_MS = 5_500;

export interface Changed extends World {
  /** The upstream that is changed. */
  name: string;
  body: { targets: string[]; routes: { match: string; scope: string }[] };
}

type Change = (changed: Changed) => Promise<unknown>;

const putPolicy: (when: object) => Change =
  (when) =>
  async ({ fountain, administrator: headers, name }) => {
    const json = { effect: "deny", routes: [`* /${name}/**`], when };
    expect((await send(fountain, "PUT", `/gateway/policies/${name}`, { headers, json })).status).toBe(201);
  };

export const REFUSING_CHANGES: readonly (readonly [string, Change])[] = [
  ["a policy refuses it", putPolicy({})],
  ["a policy refuses its caller", putPolicy({ scopes: "news:read" })],
  ["its route is removed", ({ put, name, body }) => put(name, { ...body, routes: [{ match: "GET /other" }] })],
  [
    "its route demands a scope that the caller lacks",
    ({ put, name, body }) =>
      put(name, { ...body, routes: body.routes.map((route) => ({ ...route, scope: "keys:read" })) }),
  ],
  ["its firewall refuses it", ({ put, name, body }) => put(name, { ...body, firewall: [{ effect: "deny" }] })],
  [
    "its path goes to another upstream",
    ({ put, name, body }) => put(`${name}-x`, { ...body, prefix: `/${name}/events` }),
  ],
];
