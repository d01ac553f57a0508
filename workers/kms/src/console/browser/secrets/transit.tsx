/** Keys that encrypt for programs and never leave the kms. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Button,
  Confirm,
  call,
  Dialog,
  Field,
  Form,
  Link,
  ListTable,
  navigate,
  notify,
  type Schemas,
  Time,
  useList,
  useLocation,
  useMay,
  View,
} from "#console";
import { TryOut } from "./transit-try-out.tsx";

type TransitKey = Schemas["kms.TransitKey"];

/** Of all, or of the one that is tried. */
const addressOfKeys = (name?: string): string =>
  `${addressOf("secrets")}?${new URLSearchParams({ view: "transit", ...(name !== undefined && { key: name }) })}`;

const NewKey = ({ onClose }: { onClose: (made?: string) => void }): JSX.Element => (
  <Dialog title="New transit key" onClose={() => onClose()}>
    <Form
      action="Create key"
      onCancel={() => onClose()}
      onSend={async ({ text }) => {
        const { data } = await call("POST /kms/transit", { body: { name: text("name") } });
        notify(`The key ${data.name} is made.`);
        onClose(data.name);
      }}
    >
      <Field
        name="name"
        label="Name"
        required
        autoFocus
        pattern="[\w\-]+"
        hint="Letters, digits, underscores and hyphens, such as: orders"
      />
    </Form>
  </Dialog>
);

const OldestVersion = ({ of, onClose }: { of: TransitKey; onClose: (isDone: boolean) => void }): JSX.Element => (
  <Dialog title={`Oldest version of ${of.name} that decrypts`} onClose={() => onClose(false)}>
    <Form
      action="Save"
      done="Saved."
      onCancel={() => onClose(false)}
      onSend={async ({ text }) => {
        const body = { minDecryptionVersion: Number(text("version")) };
        await call("PUT /kms/transit/{key}", { path: { key: of.name }, body });
        onClose(true);
      }}
    >
      <p>
        What older versions have encrypted is refused from then on: rewrap it first. A lower number lets it in again.
      </p>
      <Field
        name="version"
        label="Version"
        type="number"
        min={1}
        max={of.latestVersion}
        required
        defaultValue={String(of.minDecryptionVersion)}
      />
    </Form>
  </Dialog>
);

const Actions = ({ of, onChange }: { of: TransitKey; onChange: () => void }): JSX.Element => {
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const path = { key: of.name };
  return (
    <span class="actions">
      <Confirm
        label="Rotate"
        title={`Rotate ${of.name}?`}
        kind="main"
        run={async () => {
          const { data } = await call("POST /kms/transit/{key}/rotate", { path });
          notify(`Version ${data.latestVersion} of ${of.name} encrypts from now on.`);
          onChange();
        }}
      >
        <p>
          Version {of.latestVersion + 1} encrypts from then on. What was encrypted before can still be decrypted, until
          it is rewrapped and you raise the oldest version that decrypts.
        </p>
      </Confirm>
      {may("keys:write") && (
        <>
          <Button kind="quiet" onClick={() => setOpen(true)}>
            Oldest version
          </Button>
          <Confirm
            label="Delete"
            title={`Delete ${of.name} for good?`}
            run={async () => {
              await call("DELETE /kms/transit/{key}", { path });
              notify(`${of.name} is deleted.`);
              navigate(addressOfKeys(), { replace: true });
              onChange();
            }}
          >
            <p>Nothing that it has encrypted can ever be decrypted again, not even by a new key of this name.</p>
          </Confirm>
        </>
      )}
      {isOpen && (
        <OldestVersion
          of={of}
          onClose={(isDone) => {
            setOpen(false);
            if (isDone) onChange();
          }}
        />
      )}
    </span>
  );
};

export const TransitKeys = ({ tabs }: { tabs: ComponentChildren }): JSX.Element => {
  const keys = useList("GET /kms/transit");
  const chosen = useLocation().query.get("key");
  const [isMaking, setMaking] = useState(false);
  return (
    <View
      title="Transit keys"
      lead="Keys that encrypt for your programs and never leave the kms: programs store only what they get back."
      actions={
        <Button kind="main" onClick={() => setMaking(true)}>
          New transit key
        </Button>
      }
    >
      {tabs}
      <section class="card">
        <ListTable
          label="Transit keys"
          list={keys}
          keyOf={({ name }) => name}
          empty="No transit key yet. Make one above, and try it here."
          columns={[
            {
              title: "Key",
              cell: ({ name }) => (
                <Link to={addressOfKeys(name)} current={name === chosen}>
                  {name}
                </Link>
              ),
            },
            { title: "Encrypts with", cell: ({ latestVersion }) => `version ${latestVersion}` },
            { title: "Decrypts from", cell: ({ minDecryptionVersion }) => `version ${minDecryptionVersion}` },
            { title: "Created", cell: ({ createdAt }) => <Time at={createdAt} /> },
            { title: "By", cell: ({ createdBy }) => <code>{createdBy}</code> },
            { title: "", cell: (of) => <Actions of={of} onChange={keys.reload} /> },
          ]}
        />
      </section>
      {chosen !== null && <TryOut key={chosen} name={chosen} />}
      {isMaking && (
        <NewKey
          onClose={(made) => {
            setMaking(false);
            if (made === undefined) return;
            keys.reload();
            navigate(addressOfKeys(made));
          }}
        />
      )}
    </View>
  );
};
