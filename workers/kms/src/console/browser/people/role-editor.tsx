/** Making a role, and changing what it grants. */
import type { JSX } from "preact";
import { Checks, call, Dialog, Field, Form, useMay } from "#console";
import type { Role } from "./rights.ts";

interface RoleEditorProps {
  /** `undefined`: a new one. */
  role: Role | undefined;
  scopes: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

export const RoleEditor = ({ role, scopes, onClose, onDone }: RoleEditorProps): JSX.Element => {
  const may = useMay();
  const others = scopes.filter((scope) => !may(scope));
  return (
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
          <Field
            name="name"
            label="Name"
            required
            pattern="[a-z][a-z0-9\-]*"
            maxLength={32}
            hint="Small letters, digits and hyphens, such as night-desk"
          />
        )}
        {others.length > 0 && <p class="meta">You cannot give what you may not do yourself: {others.join(", ")}.</p>}
        <Checks
          legend="Scopes"
          name="permissions"
          options={scopes.filter(may).map((scope) => [scope, scope] as const)}
          chosen={role?.permissions ?? []}
        />
      </Form>
    </Dialog>
  );
};
