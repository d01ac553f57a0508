/** One application: `/console/applications/<client id>`. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Badge,
  Button,
  Confirm,
  Copyable,
  call,
  Dialog,
  Form,
  Link,
  Loading,
  navigate,
  notify,
  type Schemas,
  Section,
  Time,
  useLoaded,
  View,
} from "#console";
import { ScopeList, useHolds } from "../services/scopes.tsx";
import { ApplicationFields, applicationIn } from "./fields.tsx";

type Client = Schemas["kms.Client"];

interface ClientProps {
  client: Client;
  onChange: () => void;
}

const Change = ({ client, onChange }: ClientProps): JSX.Element => {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Change</Button>
      {isOpen && (
        <Dialog title={`Change ${client.name}`} onClose={close}>
          <Form
            action="Save"
            done="Saved."
            onCancel={close}
            onSend={async (values) => {
              await call("PATCH /kms/clients/{id}", { path: { id: client.clientId }, body: applicationIn(values) });
              close();
              onChange();
            }}
          >
            <ApplicationFields client={client} />
          </Form>
        </Dialog>
      )}
    </>
  );
};

const Remove = ({ client: { clientId, name } }: { client: Client }): JSX.Element => (
  <Confirm
    label="Delete"
    isPlain
    title={`Delete ${name}?`}
    typed={name}
    run={async () => {
      await call("DELETE /kms/clients/{id}", { path: { id: clientId } });
      notify(`${name} is deleted.`);
      navigate(addressOf("applications"), { replace: true });
    }}
  >
    <p>
      No one can log in to it any more, and what people let it do is deleted: its tokens are refused within five
      seconds. Nothing brings it back with the same client id.
    </p>
  </Confirm>
);

const Credentials = ({ client, mayChange }: { client: Client; mayChange: boolean }): JSX.Element => {
  const [secret, setSecret] = useState<string>();
  const isOffered = mayChange && !client.public;
  return (
    <Section
      title="Credentials"
      actions={
        isOffered && (
          <Confirm
            label="New secret"
            action="Replace the secret"
            isPlain
            title={`Replace the secret of ${client.name}?`}
            run={async () => {
              const body = { newSecret: true } as const;
              const { data } = await call("PATCH /kms/clients/{id}", { path: { id: client.clientId }, body });
              setSecret(data.clientSecret);
            }}
          >
            <p>The old one is refused at once: no one can log in to the application before it has the new one.</p>
          </Confirm>
        )
      }
    >
      <Copyable label="Client id" text={client.clientId} />
      {secret !== undefined && (
        <>
          <h3>Client secret, shown this once</h3>
          <Copyable isSecret label="Client secret" text={secret} />
        </>
      )}
      {client.public && <p class="meta">It has no secret: it proves by PKCE that it began the login.</p>}
    </Section>
  );
};

const Uris = ({ uris }: { uris: readonly string[] }): JSX.Element =>
  uris.length === 0 ? (
    <span class="meta">none</span>
  ) : (
    <ul class="plain">
      {uris.map((uri) => (
        <li>
          <code>{uri}</code>
        </li>
      ))}
    </ul>
  );

const Details = ({ client }: { client: Client }): JSX.Element => (
  <dl>
    <dt>Kind</dt>
    <dd>
      <Badge>{client.public ? "public" : "confidential"}</Badge>
    </dd>
    <dt>Redirect URIs</dt>
    <dd>
      <Uris uris={client.redirectUris} />
    </dd>
    <dt>After the logout</dt>
    <dd>
      <Uris uris={client.postLogoutRedirectUris} />
    </dd>
    <dt>Scopes</dt>
    <dd>
      <ScopeList scopes={client.scopes} />
    </dd>
    <dt>Consent</dt>
    <dd>{client.trusted ? "not asked: it is one of our own" : "asked of each person once"}</dd>
    <dt>Registered</dt>
    <dd>
      <Time at={client.createdAt} />
    </dd>
  </dl>
);

/** It is what the document at its id says, and only that can change it. */
const describesItself = ({ clientId }: Client): boolean => clientId.startsWith("https:");

export const ApplicationPage = ({ id }: { id: string }): JSX.Element => {
  const loaded = useLoaded(async () => (await call("GET /kms/clients/{id}", { path: { id } })).data, [id]);
  const holds = useHolds();
  const client = loaded.value;
  const isHeld = client !== undefined && holds(client.scopes);
  const mayChange = client !== undefined && isHeld && !describesItself(client);
  return (
    <View
      title={client?.name ?? "Application"}
      lead={<Link to={addressOf("applications")}>All applications</Link>}
      actions={client && isHeld && <Remove client={client} />}
    >
      <Loading of={loaded} isThere={client !== undefined}>
        {client && (
          <>
            {!isHeld && (
              <p class="notice">It has scopes that you do not have, so you can look, but change nothing here.</p>
            )}
            {describesItself(client) && (
              <p class="notice">It describes itself, at the address that is its id. What it says there counts here.</p>
            )}
            <Section title="Registration" actions={mayChange && <Change client={client} onChange={loaded.reload} />}>
              <Details client={client} />
            </Section>
            <Credentials client={client} mayChange={mayChange} />
          </>
        )}
      </Loading>
    </View>
  );
};
