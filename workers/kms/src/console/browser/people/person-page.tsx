/** One person: who they are, what they may do, and where they are logged in. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Button,
  Confirm,
  call,
  Dialog,
  Failure,
  Field,
  Form,
  Link,
  notify,
  type Schemas,
  Section,
  Time,
  useLoaded,
  useMay,
  useProfile,
  View,
} from "#console";
import { Access } from "./access.tsx";
import { Address, RoleBadges, State } from "./badges.tsx";
import { Erase } from "./erase.tsx";
import { Factors } from "./factors.tsx";
import { allRoles, type Role, scopesBeyond } from "./rights.ts";
import { RoleChecks } from "./role-checks.tsx";
import { Sessions } from "./sessions.tsx";

export type Person = Schemas["kms.UserWithConsents"];

interface PersonProps {
  person: Person;
  onChange: () => void;
}

const ChangeProfile = ({ person, onChange }: PersonProps): JSX.Element => {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Change</Button>
      {isOpen && (
        <Dialog title={`Change ${person.username}`} onClose={close}>
          <Form
            action="Save"
            done="Saved."
            onCancel={close}
            onSend={async ({ text }) => {
              const email = text("email") || null;
              const body = { username: text("username"), ...(email !== person.email && { email }) };
              await call("PATCH /kms/users/{id}", { path: { id: person.id }, body });
              close();
              onChange();
            }}
          >
            <Field name="username" label="Name" required defaultValue={person.username} hint="They log in with it" />
            <Field
              name="email"
              type="email"
              label="Email"
              defaultValue={person.email ?? ""}
              hint="A new address gets a mail, and counts once they have verified it"
            />
          </Form>
        </Dialog>
      )}
    </>
  );
};

const ChangeRoles = ({ person, roles, onChange }: PersonProps & { roles: readonly Role[] }): JSX.Element => {
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Change roles</Button>
      {isOpen && (
        <Dialog title={`Roles of ${person.username}`} onClose={close}>
          <Form
            action="Save"
            done="Saved. It counts within five seconds."
            onCancel={close}
            onSend={async ({ all }) => {
              await call("PUT /kms/users/{id}/roles", { path: { id: person.id }, body: { roles: all("roles") } });
              close();
              onChange();
            }}
          >
            <RoleChecks roles={roles} may={may} chosen={person.roles} />
          </Form>
        </Dialog>
      )}
    </>
  );
};

const Lock = ({ person: { id, username, lockedAt }, onChange }: PersonProps): JSX.Element =>
  lockedAt === null ? (
    <Confirm
      label="Lock"
      isPlain
      title={`Lock ${username}?`}
      run={async () => {
        await call("POST /kms/users/{id}/lock", { path: { id } });
        notify(`${username} is locked.`);
        onChange();
      }}
    >
      <p>All their sessions end within five seconds, and they cannot log in until someone unlocks them.</p>
    </Confirm>
  ) : (
    <Confirm
      label="Unlock"
      isPlain
      kind="main"
      title={`Unlock ${username}?`}
      run={async () => {
        await call("POST /kms/users/{id}/unlock", { path: { id } });
        notify(`${username} can log in again.`);
        onChange();
      }}
    >
      <p>They can log in again, with the password and factors that they had.</p>
    </Confirm>
  );

const Details = ({ person }: { person: Person }): JSX.Element => (
  <dl>
    <dt>State</dt>
    <dd>
      <State {...person} />
    </dd>
    <dt>Email</dt>
    <dd>
      <Address {...person} />
    </dd>
    <dt>Account since</dt>
    <dd>
      <Time at={person.createdAt} />
    </dd>
    {person.consents.map(({ document, version, givenAt }) => (
      <>
        <dt>Agreed to</dt>
        <dd>
          {document} of {version}, <Time at={givenAt} />
        </dd>
      </>
    ))}
    <dt>Id</dt>
    <dd>
      <code>{person.id}</code>
    </dd>
  </dl>
);

const Rights = ({ person, roles }: { person: Person; roles: readonly Role[] }): JSX.Element => {
  const scopes = roles.filter(({ name }) => person.roles.includes(name)).flatMap(({ permissions }) => permissions);
  return (
    <>
      <RoleBadges roles={person.roles} />
      <p class="meta">
        {scopes.length === 0 ? "These allow nothing beyond their own account." : "Together these allow:"}
      </p>
      <p>
        {[...new Set(scopes)].map((scope) => (
          <>
            <code>{scope}</code>{" "}
          </>
        ))}
      </p>
    </>
  );
};

/** Why what stands here otherwise does not. */
const Untouchable = ({ person, beyond }: { person: Person; beyond: readonly string[] }): JSX.Element => (
  <p class="notice">
    {person.username} may do what you may not ({beyond.join(", ")}), so you can look, but change nothing here. Someone
    with the same rights can.
  </p>
);

export const PersonPage = ({ id }: { id: string }): JSX.Element => {
  const profile = useProfile();
  const may = useMay();
  const loaded = useLoaded(async () => {
    const [{ data: person }, roles] = await Promise.all([call("GET /kms/users/{id}", { path: { id } }), allRoles()]);
    return { person, roles };
  }, [id]);
  if (!loaded.value)
    return (
      <View title="Person" lead={<Link to={addressOf("people")}>All people</Link>}>
        <Failure error={loaded.error} />
        {loaded.isLoading && <p class="meta">Loading …</p>}
      </View>
    );
  const { person, roles } = loaded.value;
  const beyond = scopesBeyond(person.roles, roles, may);
  const isOwn = person.id === profile.id;
  const mayChange = beyond.length === 0;
  const shared = { person, onChange: loaded.reload };
  return (
    <View
      title={person.username}
      lead={<Link to={addressOf("people")}>All people</Link>}
      actions={mayChange && !isOwn && <Lock {...shared} />}
    >
      <Failure error={loaded.error} />
      {!mayChange && <Untouchable person={person} beyond={beyond} />}
      {isOwn && (
        <p class="notice">
          This is you. Your password, factors and devices are under <a href="/account">your account</a>.
        </p>
      )}
      <div class="columns">
        <Section title="Profile" actions={mayChange && <ChangeProfile {...shared} />}>
          <Details person={person} />
        </Section>
        <Section title="Roles" actions={mayChange && <ChangeRoles {...shared} roles={roles} />}>
          <Rights person={person} roles={roles} />
        </Section>
      </div>
      {mayChange && !isOwn && <Access person={person} />}
      <Factors person={person} mayReset={mayChange && !isOwn} />
      <Sessions person={person} mayEnd={mayChange && !isOwn} />
      {mayChange && !isOwn && <Erase person={person} />}
    </View>
  );
};
