/** Explains what would be decided on a call that is described, pasted, or picked from those that were refused. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  Choice,
  call,
  Field,
  Form,
  navigate,
  Section,
  TextField,
  useLocation,
  useMay,
  type Values,
  View,
} from "#console";
import { addressOfExplanation, CALLERS, type Described, describedBy, headersOf } from "./described.ts";
import { readPasted } from "./pasted.ts";
import { Refusals } from "./refusals.tsx";
import { Verdict } from "./verdict.tsx";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const NO_ONE = "none";
const CALLER_WORDS = { subject: "User", service: "Service", key: "API key" } as const;
const USER_ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;

/** The id of a user who may have been named. Throws where there is none of that name. */
const idOf = async (name: string, canSearch: boolean): Promise<string> => {
  if (USER_ID.test(name) || !canSearch) return name;
  const { data } = await call("GET /kms/users", { query: { search: name } });
  const user = data.items.find(({ username }) => username === name);
  if (!user) throw new Error(`There is no user ${name}.`);
  return user.id;
};

const describe = async ({ text }: Values, canSearch: boolean): Promise<Described> => {
  const kind = CALLERS.find((one) => one === text("kind"));
  const named = text("caller");
  const headers = headersOf(text("headers").split("\n"));
  return {
    method: text("method"),
    path: text("path"),
    ...(text("host") && { host: text("host") }),
    ...(kind && named && { [kind]: kind === "subject" ? await idOf(named, canSearch) : named }),
    ...(kind === "subject" && text("acr") === "aal2" && { acr: "aal2" }),
    ...(text("address") && { address: text("address") }),
    ...(text("at") && { at: new Date(text("at")).toISOString() }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
};

/** As a field for a local time takes it. */
const localTime = (instant: string): string => {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) return "";
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
};

const Describe = ({ described }: { described: Described | undefined }): JSX.Element => {
  const may = useMay();
  const canSearch = may("users:admin");
  const begun: string = CALLERS.find((one) => described?.[one]) ?? NO_ONE;
  const [kind, setKind] = useState(begun);
  const method = described?.method ?? "GET";
  return (
    <Form
      action="Explain"
      onSend={async (values) => {
        const body = await describe(values, canSearch);
        // What is wrong with it is shown beside the fields.
        await call("POST /gateway/policies/explain", { body });
        navigate(addressOfExplanation(body));
      }}
    >
      <Choice
        name="method"
        label="Method"
        defaultValue={method}
        options={[...new Set([...METHODS, method])].map((one) => [one, one] as const)}
      />
      <Field
        name="path"
        label="Path"
        required
        pattern="/\S*"
        placeholder="/notes/items/7"
        defaultValue={described?.path ?? ""}
        hint="As the caller sends it, with the prefix of the service"
      />
      <Choice
        name="kind"
        label="Caller"
        value={kind}
        onValue={setKind}
        options={[[NO_ONE, "None: no credential"], ...CALLERS.map((one) => [one, CALLER_WORDS[one]] as const)]}
      />
      {kind !== NO_ONE && (
        <Field
          name="caller"
          label={kind === "service" ? "Name of the service" : kind === "key" ? "Id of the key" : "Id of the user"}
          required
          defaultValue={CALLERS.flatMap((one) => described?.[one] ?? [])[0] ?? ""}
          hint={
            kind === "key" ? "The eight characters after ftn_" : kind === "subject" && canSearch && "Or the username"
          }
        />
      )}
      {kind === "subject" && (
        <Choice
          name="acr"
          label="Logged in"
          defaultValue={described?.acr ?? "aal1"}
          options={[
            ["aal1", "Without a second factor"],
            ["aal2", "With a second factor, just now"],
          ]}
        />
      )}
      <details open={Boolean(described?.host ?? described?.address ?? described?.at ?? described?.headers)}>
        <summary>From where, when, and what else it says</summary>
        <div class="column">
          <Field name="address" label="IP address" defaultValue={described?.address ?? ""} placeholder="203.0.113.7" />
          <Field
            name="at"
            label="When"
            type="datetime-local"
            step={1}
            defaultValue={described?.at ? localTime(described.at) : ""}
            hint="Now, if empty"
          />
          <Field
            name="host"
            label="Host"
            defaultValue={described?.host ?? ""}
            hint="Where the service has a host of its own"
          />
          <TextField
            name="headers"
            label="Header fields"
            rows={3}
            placeholder="x-team: ops"
            defaultValue={Object.entries(described?.headers ?? {})
              .map(([name, value]) => `${name}: ${value}`)
              .join("\n")}
            hint="One a line, as far as a firewall looks at them"
          />
        </div>
      </details>
    </Form>
  );
};

const Paste = (): JSX.Element => (
  <details>
    <summary>Paste a request</summary>
    <Form
      action="Read it"
      onSend={({ raw }) => {
        const pasted = readPasted(raw("request"), location.host);
        if (!pasted) throw new Error("This is neither a command line of curl, nor an HTTP request, nor a URL.");
        navigate(addressOfExplanation(pasted));
        return Promise.resolve();
      }}
    >
      <TextField
        name="request"
        label="Request"
        required
        rows={5}
        placeholder={"curl -X DELETE https://…\nor GET /notes/items/7 HTTP/1.1"}
        hint="A command line of curl, a raw HTTP request or a URL. It stays in this page: of credentials only whom they name is read, and queries are left out."
      />
    </Form>
  </details>
);

export const Explain = (): JSX.Element => {
  const { query } = useLocation();
  const described = describedBy(query);
  return (
    <View title="Explain" lead="What would be decided on a call, and why. Nothing is called, and nothing is counted.">
      <div class="columns">
        <Section title="The call">
          <Paste />
          <Describe key={JSON.stringify(described)} described={described} />
        </Section>
        {described && <Verdict described={described} />}
      </div>
      <Refusals />
    </View>
  );
};
