/** Roles and scopes as a matrix. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Confirm, call, Loading, notify, useLoaded, useMay, View } from "#console";
import { ADMIN_ROLE, allRoles, DEFAULT_ROLE, type Role, scopesBeyond } from "./rights.ts";
import { RoleEditor } from "./role-editor.tsx";
import { byNamespace, type Namespace, scopesIn } from "./scopes.ts";

const BUILT_IN = new Set([ADMIN_ROLE, "editor", "auditor", DEFAULT_ROLE]);

const Heads = ({ namespaces }: { namespaces: readonly Namespace[] }): JSX.Element => (
  <thead>
    <tr>
      <th scope="col" rowSpan={2}>
        Role
      </th>
      {namespaces.map(({ name, scopes }) => (
        <th scope="colgroup" colSpan={scopes.length} class="first">
          {name}
        </th>
      ))}
      <th scope="col" rowSpan={2} class="first">
        <span class="unseen">Actions</span>
      </th>
    </tr>
    <tr>
      {namespaces.flatMap(({ scopes }) =>
        scopes.map(({ action }, at) => (
          <th scope="col" class={at === 0 ? "first" : undefined}>
            {action}
          </th>
        )),
      )}
    </tr>
  </thead>
);

interface RowProps {
  role: Role;
  namespaces: readonly Namespace[];
  children: JSX.Element;
}

const Row = ({ role: { name, permissions }, namespaces, children }: RowProps): JSX.Element => (
  <tr>
    <th scope="row">{name}</th>
    {namespaces.flatMap(({ scopes }) =>
      scopes.map(({ scope }, at) => {
        const classes = [at === 0 && "first", !permissions.includes(scope) && "off"].filter(Boolean).join(" ");
        return (
          <td data-title={scope} title={scope} class={classes}>
            {permissions.includes(scope) && <span class="on">✓</span>}
          </td>
        );
      }),
    )}
    <td class="first">{children}</td>
  </tr>
);

interface RoleActionsProps {
  role: Role;
  beyond: readonly string[];
  onEdit: () => void;
  onGone: () => void;
}

const RoleActions = ({ role: { name }, beyond, onEdit, onGone }: RoleActionsProps): JSX.Element => {
  if (name === ADMIN_ROLE) return <span class="meta">every scope, always</span>;
  if (beyond.length > 0) return <span class="meta">allows more than you may</span>;
  return (
    <span class="actions">
      <Button kind="quiet" aria-label={`Change ${name}`} onClick={onEdit}>
        Change
      </Button>
      {!BUILT_IN.has(name) && (
        <Confirm
          label="Delete"
          title={`Delete the role ${name}?`}
          run={async () => {
            await call("DELETE /kms/roles/{name}", { path: { name } });
            notify(`The role ${name} is deleted.`);
            onGone();
          }}
        >
          <p>All who have it lose what it grants, within five seconds.</p>
        </Confirm>
      )}
    </span>
  );
};

export const Roles = (): JSX.Element => {
  const may = useMay();
  const loaded = useLoaded(allRoles);
  const [edited, setEdited] = useState<{ role: Role | undefined }>();
  const roles = loaded.value ?? [];
  const scopes = scopesIn(roles);
  const namespaces = byNamespace(scopes);
  return (
    <View
      title="Roles"
      lead="A role is a set of scopes. People have roles; services and keys have scopes of their own. Services behind the gateway can declare more scopes, which then stand here too."
      actions={
        <Button kind="main" onClick={() => setEdited({ role: undefined })}>
          New role
        </Button>
      }
    >
      <section class="card">
        <Loading of={loaded} isThere={loaded.value !== undefined}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard. */}
          <section class="table matrix" aria-label="Roles and their scopes" tabIndex={0}>
            <table>
              <Heads namespaces={namespaces} />
              <tbody>
                {roles.map((role) => (
                  <Row key={role.name} role={role} namespaces={namespaces}>
                    <RoleActions
                      role={role}
                      beyond={scopesBeyond([role.name], roles, may)}
                      onEdit={() => setEdited({ role })}
                      onGone={loaded.reload}
                    />
                  </Row>
                ))}
              </tbody>
            </table>
          </section>
        </Loading>
      </section>
      {edited && (
        <RoleEditor
          role={edited.role}
          scopes={scopes}
          onClose={() => setEdited(undefined)}
          onDone={() => {
            setEdited(undefined);
            loaded.reload();
          }}
        />
      )}
    </View>
  );
};
