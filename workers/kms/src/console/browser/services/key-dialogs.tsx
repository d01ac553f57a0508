/** What is done to a key: made, rotated, bound to addresses, checked. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Badge, Checks, Choice, call, Dialog, Field, Form, notify, type Schemas, TextField, Time } from "#console";
import { ShownOnce } from "../once/shown-once.tsx";
import { ScopeList, useHolds } from "./scopes.tsx";

type ApiKey = Schemas["kms.ApiKey"];
type Verdict = Schemas["kms.KeyVerdict"];

const DAY_SECONDS = 86_400;
const GRACES = [
  ["0", "None: the old key ends now"],
  ["600", "10 minutes"],
  ["3600", "1 hour"],
  [String(DAY_SECONDS), "1 day"],
  [String(7 * DAY_SECONDS), "1 week"],
] as const;
const LIFETIMES = [
  ["", "Never"],
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In a year"],
] as const;
const PROGRAM_ADVICE = "Give it to the program as FOUNTAIN_API_KEY, or send it as X-API-Key.";

const linesOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const Addresses = ({ defaultValue = "" }: { defaultValue?: string }): JSX.Element => (
  <TextField
    label="Only from these addresses"
    name="allowedAddresses"
    rows={2}
    defaultValue={defaultValue}
    hint="Addresses or networks, such as 192.0.2.0/24. Empty: from anywhere."
  />
);

interface ServiceDialogProps {
  service: Schemas["kms.Service"];
  onClose: (isDone: boolean) => void;
}

export const NewKey = ({ service, onClose }: ServiceDialogProps): JSX.Element => {
  const holds = useHolds();
  const offered = service.scopes.filter((scope) => holds([scope]));
  return (
    <ShownOnce
      title={`New key of ${service.name}`}
      action="Create key"
      label={`The new key of ${service.name}`}
      advice={PROGRAM_ADVICE}
      onClose={onClose}
      onSend={async ({ text, all }) => {
        const [name, days, addresses] = [text("name"), text("days"), linesOf(text("allowedAddresses"))];
        const { data } = await call("POST /kms/keys", {
          body: {
            service: service.name,
            scopes: all("scopes"),
            ...(name !== "" && { name }),
            ...(days !== "" && {
              expiresAt: new Date(Date.now() + Number(days) * DAY_SECONDS * 1_000).toISOString(),
            }),
            ...(addresses.length > 0 && { allowedAddresses: addresses }),
          },
        });
        return data.key;
      }}
    >
      <Field name="name" label="Name" maxLength={100} hint="Where it is used, such as: continuous integration" />
      <Checks
        legend="Scopes"
        name="scopes"
        options={offered.map((scope) => [scope, scope] as const)}
        chosen={offered}
      />
      <Choice name="days" label="Expires" options={LIFETIMES} />
      <Addresses />
    </ShownOnce>
  );
};

export interface KeyDialogProps {
  apiKey: ApiKey;
  onClose: (isDone: boolean) => void;
}

/** How a key is called in sentences. */
export const nameOf = ({ name, prefix }: ApiKey): string => name ?? prefix;

export const RotateKey = ({ apiKey, onClose }: KeyDialogProps): JSX.Element => {
  const { service, id, disabledReason } = apiKey;
  return (
    <ShownOnce
      title={`Rotate ${nameOf(apiKey)}`}
      action="Rotate"
      label={`The new key of ${service}`}
      advice={PROGRAM_ADVICE}
      onClose={onClose}
      onSend={async ({ text }) => {
        const { data } = await call("POST /kms/keys/{service}/{id}/rotate", {
          path: { service, id },
          body: { graceSeconds: Number(text("grace")) },
        });
        return data.key;
      }}
    >
      <p>
        A new key with the same scopes, addresses and lifetime replaces <code>{apiKey.prefix}</code> of {service}.
      </p>
      {disabledReason === null ? (
        <Choice
          name="grace"
          label="The old key works for another"
          options={GRACES}
          defaultValue="3600"
          hint="Long enough to put the new one in its place."
        />
      ) : (
        <>
          <input type="hidden" name="grace" value="0" />
          <p class="meta">The old key is disabled, and stays so.</p>
        </>
      )}
    </ShownOnce>
  );
};

export const KeyAddresses = ({ apiKey, onClose }: KeyDialogProps): JSX.Element => (
  <Dialog title={`Addresses of ${nameOf(apiKey)}`} onClose={() => onClose(false)}>
    <Form
      action="Save"
      onCancel={() => onClose(false)}
      onSend={async ({ text }) => {
        const addresses = linesOf(text("allowedAddresses"));
        await call("PUT /kms/keys/{service}/{id}/allowed-addresses", {
          path: { service: apiKey.service, id: apiKey.id },
          body: { allowedAddresses: addresses.length === 0 ? null : addresses },
        });
        notify("Saved. From elsewhere the key is refused within five seconds.");
        onClose(true);
      }}
    >
      <Addresses defaultValue={apiKey.allowedAddresses?.join("\n") ?? ""} />
    </Form>
  </Dialog>
);

const VERDICTS: Record<Verdict["code"], string> = {
  valid: "It works.",
  malformed: "This is no key of Fountain: some of it may be missing.",
  unknown: "No such key was ever made here.",
  revoked: "It is revoked.",
  expired: "It has expired.",
  disabled: "It is disabled.",
  "address-not-allowed": "It may not be used from this address.",
};

/** Says what a key that someone has found or been given is worth. */
export const VerifyKey = ({ onClose }: { onClose: () => void }): JSX.Element => {
  const [verdict, setVerdict] = useState<Verdict>();
  return (
    <Dialog title="Check a key" onClose={onClose}>
      <Form
        action="Check"
        onSend={async ({ text }) => {
          setVerdict(undefined);
          const address = text("address");
          const { data } = await call("POST /kms/keys/verify", {
            body: { key: text("key"), ...(address !== "" && { address }) },
          });
          setVerdict(data);
        }}
      >
        <Field name="key" type="password" label="Key" required autoFocus placeholder="ftn_…" />
        <Field name="address" label="Used from" hint="An IP address; empty: wherever" />
      </Form>
      {verdict && (
        <div role="status">
          <p>
            <Badge tone={verdict.valid ? "good" : "bad"}>{verdict.code}</Badge> {VERDICTS[verdict.code]}
          </p>
          {verdict.service !== null && (
            <dl>
              <dt>Service</dt>
              <dd>{verdict.service}</dd>
              <dt>Scopes</dt>
              <dd>
                <ScopeList scopes={verdict.scopes} />
              </dd>
              <dt>Expires</dt>
              <dd>
                <Time at={verdict.expiresAt} />
              </dd>
            </dl>
          )}
        </div>
      )}
    </Dialog>
  );
};
