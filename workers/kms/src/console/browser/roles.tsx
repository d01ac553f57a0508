/** Roles and scopes as a matrix. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  Button,
  Checks,
  Confirm,
  call,
  Dialog,
  Field,
  Form,
  ListTable,
  type Schemas,
  useList,
  useLoaded,
  useMay,
  View,
} from "#console";

type Role = Schemas["kms.Role"];

/** It has every scope, and cannot be changed. */
const ADMIN = "admin";
const BUILT_IN = new Set([ADMIN, "editor", "auditor", "user"]);

const scopesOf = async (): Promise<readonly string[]> => {
  const { data } = await call("GET /.well-known/oauth-protected-resource");
  return data.scopes_supported;
};

interface EditorProps {
  role: Role | undefined;
  scopes: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

const Editor = ({ role, scopes, onClose, onDone }: EditorProps): JSX.Element => (
  <Dialog title={role ? `Change ${role.name}` : "New role"} onClose={onClose}>
    <Form
      action="Save"
      done="Saved. Tokens with the former rights are refused within five seconds."
      onCancel={onClose}
      onSend={async ({ text, all }) => {
        const name = role?.name ?? text("name");
        await call("PUT /kms/roles/{name}", { path: { name }, body: { permissions: all("permissions") } });
        onDone();
      }}
    >
      {!role && (
        <Field name="name" label="Name" required pattern="[a-z][a-z0-9\-]*" hint="Small letters, digits, hyphens" />
      )}
      <Checks
        legend="Scopes"
        name="permissions"
        options={scopes.map((scope) => [scope, scope] as const)}
        chosen={role?.permissions ?? []}
      />
    </Form>
  </Dialog>
);

export const Roles = (): JSX.Element => {
  const roles = useList("GET /kms/roles");
  const scopes = useLoaded(scopesOf);
  const may = useMay();
  const [edited, setEdited] = useState<{ role: Role | undefined }>();
  const known = scopes.value ?? [];
  const close = (): void => setEdited(undefined);
  return (
    <View
      title="Roles"
      lead="A role is a set of scopes. People have roles; services and keys have scopes of their own."
      actions={
        may("users:admin") && (
          <Button kind="main" onClick={() => setEdited({ role: undefined })}>
            New role
          </Button>
        )
      }
    >
      <section class="card">
        <ListTable
          label="Roles"
          list={roles}
          keyOf={({ name }) => name}
          columns={[
            { title: "Role", cell: ({ name }) => <strong>{name}</strong> },
            ...known.map((scope) => ({
              title: scope,
              cell: ({ permissions }: Role) =>
                permissions.includes(scope) ? <span title={`has ${scope}`}>✓</span> : <span class="meta">·</span>,
            })),
            {
              title: "",
              cell: (role) =>
                role.name !== ADMIN && (
                  <span class="actions">
                    <Button kind="quiet" onClick={() => setEdited({ role })}>
                      Change
                    </Button>
                    {!BUILT_IN.has(role.name) && (
                      <Confirm
                        label="Delete"
                        title={`Delete the role ${role.name}?`}
                        run={async () => {
                          await call("DELETE /kms/roles/{name}", { path: { name: role.name } });
                          roles.reload();
                        }}
                      >
                        <p>All who have it lose what it grants, within five seconds.</p>
                      </Confirm>
                    )}
                  </span>
                ),
            },
          ]}
        />
      </section>
      {edited && (
        <Editor
          role={edited.role}
          scopes={known}
          onClose={close}
          onDone={() => {
            close();
            roles.reload();
          }}
        />
      )}
    </View>
  );
};
