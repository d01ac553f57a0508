/** How someone gets in again who has lost their password. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Confirm, Copyable, call, notify, type Schemas, Section, Time } from "#console";

type Person = Schemas["kms.User"];
type Link = Schemas["kms.ResetLink"];

/** A mail that is asked for by such a name could go to someone else, who has it as their address. */
const isAddress = (username: string): boolean => username.includes("@");

const ResetLink = ({ link }: { link: Link }): JSX.Element => (
  <div class="notice">
    <p>
      Hand this link over where you know that it is them. It works once, ends <Time at={link.expiresAt} />, and is shown
      only now.
    </p>
    <Copyable isSecret label="Reset link" text={link.url} />
  </div>
);

export const Access = ({ person: { id, username, email, emailVerified, lockedAt } }: { person: Person }) => {
  const [link, setLink] = useState<Link>();
  const isLocked = lockedAt !== null;
  return (
    <Section title="Password">
      <p class="meta">
        {isLocked
          ? `Unlock ${username} first: no password can be set while they are locked.`
          : "For someone who has lost it, or whose password may be known to others."}
      </p>
      {link && <ResetLink link={link} />}
      <div class="actions">
        {!isLocked && (
          <Confirm
            label="Make a reset link"
            isPlain
            action="Make the link"
            kind="main"
            title={`Make a link for ${username}?`}
            run={async () => {
              const { data } = await call("POST /kms/users/{id}/reset-link", { path: { id } });
              setLink(data);
            }}
          >
            <p>
              Whoever has the link can set a new password for {username}, which ends all sessions. A second factor is
              still asked for. {email !== null && "They are notified by mail."}
            </p>
          </Confirm>
        )}
        {!isLocked && email !== null && emailVerified && !isAddress(username) && (
          <Confirm
            label="Mail a reset link"
            isPlain
            action="Mail the link"
            kind="main"
            title={`Mail a link to ${email}?`}
            run={async () => {
              await call("POST /kms/password/forgot", { body: { login: username } });
              notify(`A link is on its way to ${email}, unless several went there a short time ago.`);
            }}
          >
            <p>It is what they would get from “Forgot your password?”: a link and a code to set a new password by.</p>
          </Confirm>
        )}
      </div>
    </Section>
  );
};
