/** Asks for a second factor, or for the password, in the middle of an action; the action is repeated then (RFC 9470). */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { askBy, Button, type Challenge, call, Dialog, Failure, Field, Form, pageData, useAction } from "#console";
import { authenticate, canUsePasskeys } from "../../browser/passkeys.ts";

interface Question extends Challenge {
  answer: (isPassed: boolean) => void;
}

interface Offer {
  passkey: boolean;
  totp: boolean;
  sent: readonly { factorId: string; channel: "email" | "sms"; name: string }[];
  username: string;
}

type Proof = Record<string, unknown>;

class Rejected extends Error {}

/** Shows the proof to the server, which keeps the session's new cookie; the form's token changes with it. */
const prove = async (proof: Proof): Promise<void> => {
  const response = await fetch("/console/verify", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ form: pageData.form, proof }),
  });
  const body = Object(await response.json().catch(() => undefined));
  if (!response.ok) throw new Rejected(body.detail ?? `The server responded ${response.status}.`);
  pageData.form = body.form;
};

const readOffer = async (): Promise<Offer> => {
  const [{ data: factors }, { data: profile }] = await Promise.all([
    call("GET /twofa/factors", { query: { limit: 200 } }),
    call("GET /kms/me"),
  ]);
  const active = factors.items.filter(({ confirmedAt, disabledAt }) => confirmedAt && !disabledAt);
  return {
    username: profile.username,
    passkey: canUsePasskeys() && active.some(({ type }) => type === "webauthn"),
    totp: active.some(({ type }) => type === "totp"),
    sent: active.flatMap(({ factorId, type, destination }) =>
      type === "email" || type === "sms" ? [{ factorId, channel: type, name: destination ?? type }] : [],
    ),
  };
};

const byPasskey = async (): Promise<void> => {
  const { data } = await call("POST /twofa/auth/generate", { body: { channel: "webauthn" } });
  const { credential, challengeId } = await authenticate(JSON.stringify(data));
  await prove({ challengeId, response: JSON.parse(credential) });
};

const FactorForms = ({ offer, onPassed }: { offer: Offer; onPassed: () => void }): JSX.Element => {
  const [sent, setSent] = useState<{ challengeId: string; destination: string }>();
  const passkey = useAction(async () => {
    await byPasskey();
    onPassed();
  });
  const send = useAction(async (factorId: string, channel: "email" | "sms") => {
    const { data } = await call("POST /twofa/auth/generate", { body: { channel, factorId } });
    if ("destination" in data) setSent({ challengeId: data.challengeId, destination: data.destination });
  });
  const proveBy = async (proof: Proof): Promise<void> => {
    await prove(proof);
    onPassed();
  };
  return (
    <>
      {offer.passkey && (
        <p>
          <Button kind="main" isBusy={passkey.isBusy} onClick={() => void passkey.run()}>
            Use a passkey
          </Button>
        </p>
      )}
      <Failure error={passkey.error} />
      {(offer.totp || sent) && (
        <Form
          action="Confirm"
          onSend={({ text }) => proveBy({ code: text("code"), ...(sent && { challengeId: sent.challengeId }) })}
        >
          <Field
            name="code"
            label={sent ? `Code sent to ${sent.destination}` : "Code of your authenticator"}
            inputMode="numeric"
            autocomplete="one-time-code"
            required
            autoFocus
          />
        </Form>
      )}
      {offer.sent.map(({ factorId, channel, name }) => (
        <Button isBusy={send.isBusy} onClick={() => void send.run(factorId, channel)}>
          Send a code to {name}
        </Button>
      ))}
      <Failure error={send.error} />
      <details>
        <summary>Use a recovery code</summary>
        <Form action="Confirm" onSend={({ text }) => proveBy({ recoveryCode: text("recoveryCode") })}>
          <Field name="recoveryCode" label="Recovery code" required />
        </Form>
      </details>
    </>
  );
};

const LoginForm = ({ offer, onPassed }: { offer: Offer; onPassed: () => void }): JSX.Element => (
  <Form
    action="Confirm"
    onSend={async ({ raw }) => {
      await prove({ username: offer.username, password: raw("password") });
      onPassed();
    }}
  >
    <Field name="password" type="password" label="Password" autocomplete="current-password" required autoFocus />
  </Form>
);

const NoFactor = (): JSX.Element => (
  <p>
    This needs a second factor, and you have none that you could use. Set one up under{" "}
    <a href="/account/security">your account</a>, and come back.
  </p>
);

/** Appears when a call is refused for want of a factor, and goes when that is passed or given up. */
export const StepUpDialog = (): JSX.Element | null => {
  const [question, setQuestion] = useState<Question>();
  const [offer, setOffer] = useState<Offer>();
  const [error, setError] = useState<unknown>();
  const answered = useRef(false);
  useEffect(() => {
    askBy(
      (challenge) =>
        new Promise((answer) => {
          answered.current = false;
          setOffer(undefined);
          setError(undefined);
          setQuestion({ ...challenge, answer });
          readOffer().then(setOffer, setError);
        }),
    );
  }, []);
  if (!question) return null;
  const finish = (isPassed: boolean): void => {
    if (answered.current) return;
    answered.current = true;
    setQuestion(undefined);
    question.answer(isPassed);
  };
  const pass = (): void => finish(true);
  const hasFactor = offer && (offer.passkey || offer.totp || offer.sent.length > 0);
  return (
    <Dialog title="Confirm that it is you" onClose={() => finish(false)}>
      <p class="meta">
        To do <code>{question.call}</code>
      </p>
      <Failure error={error} />
      {offer && question.isFactor && (hasFactor ? <FactorForms offer={offer} onPassed={pass} /> : <NoFactor />)}
      {offer && !question.isFactor && <LoginForm offer={offer} onPassed={pass} />}
    </Dialog>
  );
};
