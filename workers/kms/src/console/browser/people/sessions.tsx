/** Where a person is logged in. */
import type { JSX } from "preact";
import { Badge, Confirm, call, ListTable, notify, type Schemas, Section, Time, useList } from "#console";
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

export const Sessions = ({ person: { id, username }, mayEnd }: { person: Person; mayEnd: boolean }): JSX.Element => {
  const sessions = useList("GET /kms/users/{id}/sessions", { path: { id } });
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
            cell: ({ client }) => (client.id === OWN_CLIENT ? "Fountain itself" : <code>{client.id}</code>),
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
