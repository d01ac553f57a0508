/** Where a person is logged in. */
import type { JSX } from "preact";
import {
  addressOf,
  Badge,
  Confirm,
  call,
  Link,
  ListTable,
  notify,
  type Schemas,
  Section,
  Time,
  useList,
  useLoaded,
} from "#console";
import { deviceOf } from "../../../../../../shared/semantics/user-agent.ts";

type Person = Schemas["kms.User"];
type Session = Schemas["kms.Session"];

/** In sessions where people act themselves. */
const OWN_CLIENT = "fountain";

const Device = ({ client, current }: Session): JSX.Element => (
  <>
    {deviceOf(client.userAgent) ?? <span class="meta">unknown</span>} {current && <Badge tone="good">this one</Badge>}
  </>
);

type Names = ReadonlyMap<string, string>;

/** What the applications are called, of those that are registered. */
const readNames = async (ids: readonly string[]): Promise<Names> => {
  const found = await Promise.allSettled(ids.map((id) => call("GET /kms/clients/{id}", { path: { id } })));
  const clients = found.flatMap((client) => (client.status === "fulfilled" ? [client.value.data] : []));
  return new Map(clients.map(({ clientId, name }) => [clientId, name]));
};

const Application = ({ id, names }: { id: string; names: Names | undefined }): JSX.Element => {
  if (id === OWN_CLIENT) return <>Fountain itself</>;
  const name = names?.get(id);
  return name === undefined ? <code>{id}</code> : <Link to={addressOf("applications", id)}>{name}</Link>;
};

export const Sessions = ({ person: { id, username }, mayEnd }: { person: Person; mayEnd: boolean }): JSX.Element => {
  const sessions = useList("GET /kms/users/{id}/sessions", { path: { id } });
  const clients = new Set(sessions.items?.map(({ client }) => client.id).filter((client) => client !== OWN_CLIENT));
  const names = useLoaded(() => readNames([...clients]), [[...clients]]);
  const hasSome = (sessions.items?.length ?? 0) > 0;
  const End = (session: Session): JSX.Element => (
    <Confirm
      label="End"
      title="End this session?"
      run={async () => {
        await call("DELETE /kms/users/{id}/sessions/{sessionId}", { path: { id, sessionId: session.id } });
        notify("The session has ended.");
        sessions.reload();
      }}
    >
      <p>
        {deviceOf(session.client.userAgent) ?? "The device"} is logged out within five seconds. Other devices stay as
        they are.
      </p>
    </Confirm>
  );
  return (
    <Section
      title="Sessions"
      actions={
        mayEnd &&
        hasSome && (
          <Confirm
            label="End all"
            isPlain
            title={`End all sessions of ${username}?`}
            run={async () => {
              await call("DELETE /kms/users/{id}/sessions", { path: { id } });
              notify("All sessions have ended.");
              sessions.reload();
            }}
          >
            <p>They are logged out everywhere within five seconds, and can log in again.</p>
          </Confirm>
        )
      }
    >
      <ListTable
        label="Sessions"
        list={sessions}
        keyOf={(session) => session.id}
        empty={`${username} is logged in nowhere.`}
        columns={[
          { title: "Device", cell: Device },
          { title: "Address", cell: ({ address }) => address ?? <span class="meta">unknown</span> },
          {
            title: "Application",
            cell: ({ client }) => <Application id={client.id} names={names.value} />,
          },
          {
            title: "Proof",
            cell: ({ acr }) => (acr === "aal2" ? <Badge tone="good">two factors</Badge> : <Badge>one factor</Badge>),
          },
          { title: "Last used", cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
          { title: "Logged in", cell: ({ createdAt }) => <Time at={createdAt} /> },
          ...(mayEnd ? [{ title: "", cell: End }] : []),
        ]}
      />
    </Section>
  );
};
