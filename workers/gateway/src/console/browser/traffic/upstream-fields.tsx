/** What is common of an upstream, in a form. */
import { Choice, Field, TextField } from "#console";
import type { Fields } from "../configured/editor.tsx";
import { routeLines, routesOf, scopeLines, scopesOf, targetLines, targetsOf } from "../configured/lines.ts";
import { type Body, withMembers } from "../configured/objects.ts";

const textIn = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

const healthOf = (body: Body): Record<string, unknown> => ({ ...Object(body["health"]) });

export const UPSTREAM_FIELDS: Fields = {
  show: (body) => (
    <>
      <TextField
        name="targets"
        label="Targets"
        rows={3}
        required
        defaultValue={targetLines(body["targets"])}
        placeholder="http://127.0.0.1:9000"
        hint="Where the service is: a URL a line, and its weight after a blank if they differ"
      />
      <TextField
        name="routes"
        label="Routes"
        rows={4}
        defaultValue={routeLines(body["routes"])}
        placeholder={"GET /items/{id} notes:read\n* /items/** notes:write\nGET /public/** anyone"}
        hint="A line: method, path, and the scope it needs or anyone. The first that fits counts. Without routes any credential may call everything"
      />
      <TextField
        name="scopes"
        label="Scopes"
        rows={2}
        defaultValue={scopeLines(body["scopes"])}
        placeholder="notes:read Read notes"
        hint="Those of its own: a line each, with what it allows"
      />
      <details open={body["prefix"] !== undefined || body["host"] !== undefined || body["health"] !== undefined}>
        <summary>Where it is found, how it learns who calls, and its health</summary>
        <div class="column">
          <Field
            name="prefix"
            label="Prefix"
            defaultValue={textIn(body["prefix"])}
            hint="Of its paths at the gateway: / and its name, unless you say otherwise"
          />
          <Field
            name="host"
            label="Host of its own"
            defaultValue={textIn(body["host"])}
            placeholder="notes.example.com"
          />
          <Choice
            name="identity"
            label="It learns who calls by"
            defaultValue={textIn(body["identity"]) || "token"}
            options={[
              ["token", "a token"],
              ["headers", "a token and header fields"],
              ["none", "nothing"],
            ]}
          />
          <Field
            name="health"
            label="Path of its health check"
            defaultValue={textIn(healthOf(body)["path"])}
            placeholder="/health"
          />
          <Field
            name="retries"
            label="Retries"
            type="number"
            min={0}
            max={5}
            defaultValue={textIn(body["retries"])}
            hint="Of calls that change nothing"
          />
        </div>
      </details>
    </>
  ),
  read: ({ text }, body) =>
    withMembers(body, {
      targets: targetsOf(text("targets")),
      routes: routesOf(text("routes"), body["routes"]),
      scopes: scopesOf(text("scopes")),
      prefix: text("prefix"),
      host: text("host"),
      identity: text("identity") === "token" ? body["identity"] && "token" : text("identity"),
      health: text("health") === "" ? undefined : { ...healthOf(body), path: text("health") },
      retries: text("retries") === "" ? undefined : Number(text("retries")),
    }),
};
