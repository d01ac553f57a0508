/** Invitations that were mailed and can still be accepted. */
import type { JSX } from "preact";
import { Confirm, call, ListTable, notify, Section, Time, useList } from "#console";
import { RoleBadges } from "./badges.tsx";

/** Nothing where no one is invited. */
export const Invitations = (): JSX.Element | null => {
  const invitations = useList("GET /kms/invitations");
  if (invitations.error === undefined && !invitations.items?.length) return null;
  return (
    <Section title="Invited, not here yet">
      <ListTable
        label="Pending invitations"
        list={invitations}
        keyOf={({ id }) => id}
        columns={[
          { title: "Email", cell: ({ email }) => email },
          { title: "Name", cell: ({ username }) => username ?? <span class="meta">of their choice</span> },
          { title: "Roles", cell: RoleBadges },
          { title: "Invited", cell: ({ createdAt }) => <Time at={createdAt} /> },
          { title: "Ends", cell: ({ expiresAt }) => <Time at={expiresAt} /> },
          {
            title: "",
            cell: ({ id, email }) => (
              <Confirm
                label="Withdraw"
                title={`Withdraw the invitation of ${email}?`}
                run={async () => {
                  await call("DELETE /kms/invitations/{id}", { path: { id } });
                  notify("Withdrawn.");
                  invitations.reload();
                }}
              >
                <p>The link that was mailed is of no use any more. They can be invited again.</p>
              </Confirm>
            ),
          },
        ]}
      />
    </Section>
  );
};
