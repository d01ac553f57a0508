/** Erasing a person for good. */
import type { JSX } from "preact";
import { addressOf, Confirm, call, navigate, notify, type Schemas, Section } from "#console";

export const Erase = ({ person: { id, username } }: { person: Schemas["kms.User"] }): JSX.Element => (
  <Section
    title="Erase"
    actions={
      <Confirm
        label="Erase this person"
        isPlain
        action="Erase for good"
        title={`Erase ${username}?`}
        typed={username}
        run={async () => {
          await call("DELETE /kms/users/{id}", { path: { id } });
          notify(`${username} is erased.`);
          navigate(addressOf("people"), { replace: true });
        }}
      >
        <p>
          Their account, sessions, second factors and everything else that is stored about them are deleted. Nothing
          brings them back. What they did stays in the audit trail, without their name.
        </p>
      </Confirm>
    }
  >
    <p class="meta">To keep someone out for a while, lock them instead.</p>
  </Section>
);
