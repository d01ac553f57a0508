/** What is to be seen of people at a glance. */
import type { JSX } from "preact";
import { Badge, type Schemas, Time } from "#console";

type Person = Schemas["kms.User"];

export const RoleBadges = ({ roles }: { roles: readonly string[] }): JSX.Element => (
  <>
    {roles.map((role) => (
      <>
        <Badge>{role}</Badge>{" "}
      </>
    ))}
  </>
);

export const State = ({ lockedAt }: Pick<Person, "lockedAt">): JSX.Element =>
  lockedAt === null ? (
    <Badge tone="good">active</Badge>
  ) : (
    <>
      <Badge tone="bad">locked</Badge> <Time at={lockedAt} />
    </>
  );

export const Address = ({ email, emailVerified }: Pick<Person, "email" | "emailVerified">): JSX.Element =>
  email === null ? (
    <span class="meta">none</span>
  ) : (
    <>
      {email} {!emailVerified && <Badge tone="warn">not verified</Badge>}
    </>
  );
