/** Applications that people log in to with their account here: OAuth clients. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Badge,
  Button,
  Choice,
  Copyable,
  call,
  Dialog,
  Form,
  Link,
  ListTable,
  type PanelProps,
  type Schemas,
  Time,
  useList,
  View,
} from "#console";
import { ScopeList } from "../services/scopes.tsx";
import { ApplicationPage } from "./application-page.tsx";
import { ApplicationFields, applicationIn } from "./fields.tsx";

type Made = Schemas["kms.ClientWithSecret"];

const KINDS = [
  ["confidential", "A server, which can keep a secret"],
  ["public", "A browser or an app, which cannot: PKCE alone"],
] as const;

const MadeNotice = ({ made }: { made: Made }): JSX.Element => (
  <>
    <p>
      Give the application these. All else it finds at the issuer, <code>{location.origin}</code>.
    </p>
    <h3>Client id</h3>
    <Copyable label="Client id" text={made.clientId} />
    {made.clientSecret !== undefined && (
      <>
        <h3>Client secret, shown this once</h3>
        <Copyable isSecret label="Client secret" text={made.clientSecret} />
      </>
    )}
    <p>
      <Link to={addressOf("applications", made.clientId)}>Go to {made.name}</Link>
    </p>
  </>
);

const NewApplication = ({ onClose, onDone }: { onClose: () => void; onDone: () => void }): JSX.Element => {
  const [made, setMade] = useState<Made>();
  return (
    <Dialog title="Register an application" onClose={onClose}>
      {made ? (
        <MadeNotice made={made} />
      ) : (
        <Form
          action="Register"
          onCancel={onClose}
          onSend={async (values) => {
            const body = { ...applicationIn(values), public: values.text("kind") === "public" };
            setMade((await call("POST /kms/clients", { body })).data);
            onDone();
          }}
        >
          <Choice name="kind" label="Where it runs" options={KINDS} defaultValue="confidential" />
          <ApplicationFields client={undefined} />
        </Form>
      )}
    </Dialog>
  );
};

const ApplicationList = (): JSX.Element => {
  const clients = useList("GET /kms/clients");
  const [isNew, setNew] = useState(false);
  const register = (
    <Button kind="main" onClick={() => setNew(true)}>
      Register an application
    </Button>
  );
  return (
    <View
      title="Applications"
      lead="What people log in to with their account here, by OpenID Connect and OAuth 2.0."
      actions={register}
    >
      <section class="card">
        <ListTable
          label="Applications"
          list={clients}
          keyOf={({ clientId }) => clientId}
          empty="No application yet. Register one, and it can send people here to log in."
          columns={[
            {
              title: "Name",
              cell: ({ clientId, name }) => (
                <Link to={addressOf("applications", clientId)}>
                  <strong>{name}</strong>
                </Link>
              ),
            },
            { title: "Client id", cell: ({ clientId }) => <code>{clientId}</code> },
            { title: "Kind", cell: (client) => <Badge>{client.public ? "public" : "confidential"}</Badge> },
            { title: "Scopes", cell: ScopeList },
            { title: "Since", cell: ({ createdAt }) => <Time at={createdAt} /> },
          ]}
        />
      </section>
      {isNew && <NewApplication onClose={() => setNew(false)} onDone={clients.reload} />}
    </View>
  );
};

export const Applications = ({ rest: [id] }: PanelProps): JSX.Element =>
  id === undefined ? <ApplicationList /> : <ApplicationPage key={id} id={id} />;
