/** Encrypts and decrypts a text with a transit key, to see that it does. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Copyable, call, Field, Form, Loading, Section, TextField, useLoaded } from "#console";
import { SHOWN_SECONDS, useShown } from "./shown.ts";

const toBase64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** What is no text is shown as it comes. */
const fromBase64 = (base64: string): string => {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return base64;
  }
};

/** More would not fit into the arguments of one call. */
const MOST_CHARACTERS = 10_000;

const Context = (): JSX.Element => (
  <Field
    name="context"
    label="Context"
    hint="What the ciphertext is bound to, such as order/1. The same decrypts it."
  />
);

const Forms = ({ name }: { name: string }): JSX.Element => {
  const [ciphertext, setCiphertext] = useState<string>();
  const [plaintext, show] = useShown<string>();
  const path = { key: name };
  return (
    <div class="columns">
      <div>
        <h3>Encrypt</h3>
        <Form
          action="Encrypt"
          onSend={async ({ raw, text }) => {
            const body = { plaintext: toBase64(raw("plaintext")), context: text("context") };
            setCiphertext((await call("POST /kms/transit/{key}/encrypt", { path, body })).data.ciphertext);
          }}
        >
          <TextField name="plaintext" label="Text" rows={3} maxLength={MOST_CHARACTERS} />
          <Context />
        </Form>
        {ciphertext !== undefined && (
          <>
            <p class="meta">This is what a program stores:</p>
            <Copyable text={ciphertext} label="Ciphertext" />
          </>
        )}
      </div>
      <div>
        <h3>Decrypt</h3>
        <Form
          action="Decrypt"
          onSend={async ({ text }) => {
            const body = { ciphertext: text("ciphertext"), context: text("context") };
            show(fromBase64((await call("POST /kms/transit/{key}/decrypt", { path, body })).data.plaintext));
          }}
        >
          <TextField name="ciphertext" label="Ciphertext to decrypt" rows={3} />
          <Context />
        </Form>
        {plaintext !== undefined && (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard. */}
            <pre tabIndex={0}>{plaintext}</pre>
            <p class="meta">It is hidden again after {SHOWN_SECONDS} seconds.</p>
          </>
        )}
      </div>
    </div>
  );
};

/** Only of a key that is there: encrypting would make it. */
export const TryOut = ({ name }: { name: string }): JSX.Element => {
  const key = useLoaded(() => call("GET /kms/transit/{key}", { path: { key: name } }));
  return (
    <Section title={`Try ${name}`}>
      <Loading of={key} isThere={key.value !== undefined}>
        <Forms name={name} />
      </Loading>
    </Section>
  );
};
