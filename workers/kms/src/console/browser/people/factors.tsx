/** What a person proves beside their password who they are with. */
import type { JSX } from "preact";
import { Badge, Confirm, call, ListTable, notify, type Schemas, Section, Time, useList } from "#console";

type Factor = Schemas["twofa.Factor"];

const TYPES: Record<Factor["type"], string> = {
  totp: "Authenticator app",
  email: "Code by mail",
  sms: "Code to a phone",
  webauthn: "Passkey",
};

const FactorState = ({ confirmedAt, disabledAt }: Factor): JSX.Element => {
  if (disabledAt) return <Badge tone="bad">disabled: may be copied</Badge>;
  return confirmedAt === null ? <Badge>not confirmed</Badge> : <Badge tone="good">active</Badge>;
};

interface FactorsProps {
  person: Schemas["kms.User"];
  mayReset: boolean;
}

export const Factors = ({ person: { id, username }, mayReset }: FactorsProps): JSX.Element => {
  const factors = useList("GET /twofa/users/{id}/factors", { path: { id } });
  const hasSome = (factors.items?.length ?? 0) > 0;
  return (
    <Section
      title="Second factors"
      actions={
        mayReset &&
        hasSome && (
          <Confirm
            label="Remove all"
            isPlain
            title={`Remove the second factors of ${username}?`}
            run={async () => {
              await call("DELETE /twofa/users/{id}/factors", { path: { id } });
              notify(`${username} has no second factor any more.`);
              factors.reload();
            }}
          >
            <p>
              For someone who has lost their device. All their factors and recovery codes are deleted, all their
              sessions end, and they are notified by mail. From then on the password alone lets them in: if someone else
              may know it, lock them first.
            </p>
          </Confirm>
        )
      }
    >
      <ListTable
        label="Second factors"
        list={factors}
        keyOf={({ factorId }) => factorId}
        empty={`${username} has none: the password alone lets them in.`}
        columns={[
          { title: "Kind", cell: ({ type }) => TYPES[type] },
          { title: "Name", cell: ({ name, destination }) => (destination ? `${name}, ${destination}` : name) },
          { title: "State", cell: FactorState },
          { title: "Since", cell: ({ createdAt }) => <Time at={createdAt} /> },
          { title: "Last used", cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
        ]}
      />
    </Section>
  );
};
