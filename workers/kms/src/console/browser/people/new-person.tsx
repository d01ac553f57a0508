/** Inviting a person by mail, or making an account with a password. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Choice,
  Copyable,
  call,
  Dialog,
  Failure,
  Field,
  Form,
  Link,
  notify,
  useLoaded,
  useMay,
  type Values,
} from "#console";
import { allRoles, DEFAULT_ROLE } from "./rights.ts";
import { RoleChecks } from "./role-checks.tsx";

const PASSWORD_BYTES = 15;

/** 120 bits, in letters and digits that can be read out. */
const randomPassword = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(PASSWORD_BYTES)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .replace(/.{6}(?=.)/g, "$&-");

interface Made {
  id: string;
  username: string;
  /** Where it was made here. */
  password: string | undefined;
}

/** With an address only if one was given. */
const emailIn = ({ text }: Values): { email?: string } => (text("email") === "" ? {} : { email: text("email") });

const invite = async (values: Values): Promise<void> => {
  const username = values.text("username");
  const email = values.text("email");
  await call("POST /kms/invitations", {
    body: { email, roles: values.all("roles"), ...(username !== "" && { username }) },
  });
  notify(`The invitation is on its way to ${email}.`);
};

const create = async (values: Values): Promise<Made> => {
  const given = values.raw("password");
  const password = given === "" ? randomPassword() : given;
  const username = values.text("username");
  const { data } = await call("POST /kms/users", {
    body: { username, password, roles: values.all("roles"), ...emailIn(values) },
  });
  return { id: data.id, username: data.username, password: given === "" ? password : undefined };
};

const WAYS = [
  ["mail", "Invite them by mail"],
  ["password", "Give them a password"],
] as const;

const MadeNotice = ({ made: { id, username, password } }: { made: Made }): JSX.Element => (
  <>
    <p>
      <strong>{username}</strong> can log in now.
    </p>
    {password !== undefined && (
      <>
        <p>Hand them this password. It is shown this once, and they can change it under their account.</p>
        <Copyable isSecret label="Password" text={password} />
      </>
    )}
    <p>
      <Link to={addressOf("people", id)}>Go to {username}</Link>
    </p>
  </>
);

export const NewPerson = ({ onClose, onDone }: { onClose: () => void; onDone: () => void }): JSX.Element => {
  const may = useMay();
  const roles = useLoaded(allRoles);
  const [way, setWay] = useState<string>("mail");
  const [made, setMade] = useState<Made>();
  const isByMail = way === "mail";
  const send = async (values: Values): Promise<void> => {
    if (isByMail) await invite(values);
    else setMade(await create(values));
    onDone();
    if (isByMail) onClose();
  };
  return (
    <Dialog title="Add a person" onClose={onClose}>
      {made && <MadeNotice made={made} />}
      <Failure error={roles.error} />
      {!made && roles.value && (
        <Form action={isByMail ? "Send the invitation" : "Create the account"} onCancel={onClose} onSend={send}>
          <Choice label="How" name="way" options={WAYS} value={way} onValue={setWay} />
          <Field
            key={`email-${way}`}
            name="email"
            type="email"
            label={isByMail ? "Email" : "Email (may be left empty)"}
            hint={isByMail ? "They get a link that is good for 72 hours" : undefined}
            required={isByMail}
          />
          <Field
            name="username"
            label={isByMail ? "Name (may be left empty)" : "Name"}
            hint={isByMail ? "They choose one themselves if you give none" : "They log in with it"}
            required={!isByMail}
          />
          {!isByMail && (
            <Field
              name="password"
              type="password"
              label="Password (may be left empty)"
              hint="If you give none, one is made and shown to you once"
              autocomplete="new-password"
            />
          )}
          <RoleChecks roles={roles.value} may={may} chosen={[DEFAULT_ROLE]} />
        </Form>
      )}
    </Dialog>
  );
};
