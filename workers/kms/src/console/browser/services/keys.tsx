/** Tables of keys, and what can be done from a row. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Badge,
  Button,
  type Column,
  Confirm,
  call,
  Link,
  notify,
  type Schemas,
  Time,
  type Tone,
  useMay,
} from "#console";
import { KeyAddresses, type KeyDialogProps, nameOf, RotateKey } from "./key-dialogs.tsx";
import { ScopeList, useHolds } from "./scopes.tsx";

export type ApiKey = Schemas["kms.ApiKey"];

const TONES: Record<ApiKey["state"], Tone> = {
  active: "good",
  grace: "warn",
  disabled: "bad",
  revoked: "plain",
  expired: "plain",
};

/** So long before its end a key is shown among those to look at. */
export const SOON_MS = 14 * 86_400_000;

const isOver = ({ state }: ApiKey): boolean => state === "revoked" || state === "expired";

/** When it ends as far as is known. */
export const endOf = ({ expiresAt, revokedAt }: ApiKey): string | null =>
  [expiresAt, revokedAt].filter((end) => end !== null).toSorted()[0] ?? null;

const endsSoon = (apiKey: ApiKey): boolean => {
  const end = endOf(apiKey);
  return end !== null && !isOver(apiKey) && Date.parse(end) < Date.now() + SOON_MS;
};

const State = ({ apiKey }: { apiKey: ApiKey }): JSX.Element => {
  const { state, disabledReason } = apiKey;
  return (
    <>
      <Badge tone={TONES[state]}>{state === "disabled" && disabledReason === "leaked" ? "leaked" : state}</Badge>{" "}
      {state === "active" && endsSoon(apiKey) && <Badge tone="warn">ends soon</Badge>}
    </>
  );
};

const DIALOGS = { rotate: RotateKey, addresses: KeyAddresses } satisfies Record<
  string,
  (props: KeyDialogProps) => JSX.Element
>;

const Actions = ({ apiKey, onChange }: { apiKey: ApiKey; onChange: () => void }): JSX.Element | null => {
  const may = useMay();
  const holds = useHolds();
  const [opened, setOpened] = useState<keyof typeof DIALOGS>();
  const { service, id, state, disabledReason } = apiKey;
  const path = { service, id };
  if (isOver(apiKey) || !may("keys:write") || !holds(apiKey.scopes)) return null;
  const Opened = opened && DIALOGS[opened];
  return (
    <span class="actions">
      {state !== "grace" && (
        <Button kind="quiet" onClick={() => setOpened("rotate")}>
          Rotate
        </Button>
      )}
      {disabledReason !== "leaked" && (
        <Button kind="quiet" onClick={() => setOpened("addresses")}>
          Addresses
        </Button>
      )}
      {state === "disabled" && disabledReason === "operator" && (
        <Confirm
          label="Enable"
          title={`Enable ${nameOf(apiKey)}?`}
          kind="main"
          run={async () => {
            await call("POST /kms/keys/{service}/{id}/enable", { path });
            notify("The key works again.");
            onChange();
          }}
        >
          <p>It works again at once, for everyone who has it.</p>
        </Confirm>
      )}
      {(state === "active" || state === "grace") && (
        <Confirm
          label="Disable"
          title={`Disable ${nameOf(apiKey)}?`}
          run={async () => {
            await call("POST /kms/keys/{service}/{id}/disable", { path });
            notify("The key is refused within five seconds.");
            onChange();
          }}
        >
          <p>It is refused within five seconds, and so are its tokens, until you enable it again.</p>
        </Confirm>
      )}
      <Confirm
        label="Revoke"
        title={`Revoke ${nameOf(apiKey)} for good?`}
        run={async () => {
          await call("DELETE /kms/keys/{service}/{id}", { path });
          notify("The key is revoked.");
          onChange();
        }}
      >
        <p>
          It is refused within five seconds, and so are its tokens. {service} stops working wherever it uses this key:
          to replace it without a gap, rotate it.
        </p>
      </Confirm>
      {Opened && (
        <Opened
          apiKey={apiKey}
          onClose={(isDone) => {
            setOpened(undefined);
            if (isDone) onChange();
          }}
        />
      )}
    </span>
  );
};

/** `of`: the service whose keys are listed; else each key says whose it is. */
export const keyColumns = (onChange: () => void, of?: Schemas["kms.Service"]): Column<ApiKey>[] => [
  {
    title: "Key",
    cell: ({ name, prefix, allowedAddresses }) => (
      <>
        {name !== null && (
          <>
            <strong>{name}</strong>
            <br />
          </>
        )}
        <code>{prefix}…</code>
        {allowedAddresses && (
          <>
            <br />
            <span class="meta">only from {allowedAddresses.join(", ")}</span>
          </>
        )}
      </>
    ),
  },
  of
    ? {
        title: "Scopes",
        cell: ({ scopes }) =>
          scopes.length === of.scopes.length ? "all of the service" : <ScopeList scopes={scopes} />,
      }
    : {
        title: "Service",
        cell: ({ service }) => <Link to={addressOf("services", service)}>{service}</Link>,
      },
  { title: "State", cell: (apiKey) => <State apiKey={apiKey} /> },
  { title: "Created", cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: "Last used", cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
  { title: "Ends", cell: (apiKey) => <Time at={endOf(apiKey)} /> },
  { title: "", cell: (apiKey) => <Actions apiKey={apiKey} onChange={onChange} /> },
];
