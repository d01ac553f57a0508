/** Creates or changes what is configured at the gateway: by a form for what is common, or as JSON for all there is. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Dialog, Field, Form, Loading, notify, TextField, useLoaded, type Values, valuesOf } from "#console";
import { type Body, bodyOf, type Kind, show, store, TITLES } from "./objects.ts";

/** What is particular to a kind. */
export interface Fields {
  /** Those of a form, filled with what there is. */
  show: (body: Body) => ComponentChildren;
  /** What was entered; what the form does not show stays as it was. */
  read: (values: Values, body: Body) => Body;
}

interface EditorProps {
  kind: Kind;
  fields: Fields;
  /** `undefined`: a new one. */
  name: string | undefined;
  onClose: () => void;
  onDone: (name: string) => void;
}

interface Begun {
  body: Body;
  etag: string | undefined;
}

const jsonOf = (body: Body): string => JSON.stringify(body, undefined, 2);

const Editing = ({ begun, kind, fields, name, onClose, onDone }: EditorProps & { begun: Begun }): JSX.Element => {
  const [mode, setMode] = useState<"form" | "json">("form");
  const [body, setBody] = useState(begun.body);
  const read = (values: Values): Body => (mode === "form" ? fields.read(values, body) : JSON.parse(values.raw("json")));
  const change = (form: HTMLFormElement | null): void => {
    try {
      if (form) setBody(read(valuesOf(form)));
      setMode(mode === "form" ? "json" : "form");
    } catch {
      notify("This is no JSON: mend it first.");
    }
  };
  return (
    <Form
      action="Save"
      done="Saved. It holds in every process within five seconds."
      onCancel={onClose}
      onSend={async (values) => {
        const stored = name ?? values.text("name");
        const json = jsonOf(read(values));
        await store({ kind, name: stored, json, etag: begun.etag, isNew: name === undefined });
        onDone(stored);
      }}
    >
      {name === undefined && (
        <Field
          name="name"
          label="Name"
          required
          pattern="[a-z][a-z0-9\-]*"
          hint="Small letters, digits and hyphens"
          autoFocus
        />
      )}
      {mode === "form" ? (
        fields.show(body)
      ) : (
        <TextField name="json" label="JSON" rows={18} required defaultValue={jsonOf(body)} />
      )}
      <p>
        <Button kind="quiet" onClick={({ currentTarget }) => change(currentTarget.form)}>
          {mode === "form" ? "Edit all of it as JSON" : "Back to the form"}
        </Button>
      </p>
    </Form>
  );
};

const Changing = (props: EditorProps & { name: string }): JSX.Element => {
  const { kind, name } = props;
  const begun = useLoaded(async (signal): Promise<Begun> => {
    const { stored, etag } = await show(kind, name, signal);
    return { body: bodyOf(stored), etag };
  });
  return (
    <Loading of={begun} isThere={begun.value !== undefined}>
      {begun.value && <Editing {...props} begun={begun.value} />}
    </Loading>
  );
};

const NEW: Begun = { body: {}, etag: undefined };

export const Editor = (props: EditorProps): JSX.Element => {
  const { kind, name, onClose } = props;
  const { one } = TITLES[kind];
  return (
    <Dialog title={name === undefined ? `New ${one}` : `Change the ${one} ${name}`} onClose={onClose}>
      {name === undefined ? <Editing {...props} begun={NEW} /> : <Changing {...props} name={name} />}
    </Dialog>
  );
};
