/** Stores a secret, or a version more of it. */
import type { JSX } from "preact";
import { call, Dialog, Field, Form, notify, TextField } from "#console";

interface WriteSecretProps {
  /** `undefined`: of a new one, whose path is asked for. */
  path?: string;
  /** The version that it replaces: another one is refused. */
  cas: number;
  /** With the path, once it is stored. */
  onClose: (written?: string) => void;
}

export const WriteSecret = ({ path: known, cas, onClose }: WriteSecretProps): JSX.Element => (
  <Dialog title={known === undefined ? "New secret" : `New version of ${known}`} onClose={() => onClose()}>
    <Form
      action="Store"
      onCancel={() => onClose()}
      onSend={async ({ text, raw }) => {
        const path = known ?? text("path");
        // Forms send line breaks as two characters.
        const value = raw("value").replaceAll("\r\n", "\n");
        const { data } = await call("PUT /kms/secrets/{path}", { path: { path }, body: { value, cas } });
        notify(`Version ${data.version} of ${path} is stored.`);
        onClose(path);
      }}
    >
      {known === undefined && (
        <Field
          name="path"
          label="Path"
          required
          autoFocus
          maxLength={255}
          pattern="[\w.\-]+(/[\w.\-]+)*"
          placeholder="mail/password"
          hint="Letters, digits, dots, underscores and hyphens; slashes make folders. Paths are no secret: lists show them."
        />
      )}
      <TextField
        name="value"
        label="Value"
        rows={6}
        autoFocus={known !== undefined}
        hint="Text of at most 64 KiB. Programs get the latest version; the last ten are kept."
      />
    </Form>
  </Dialog>
);
