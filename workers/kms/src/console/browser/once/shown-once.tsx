/** Dialogs that end with something that is shown once. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Copyable, Dialog, Form, type Values } from "#console";

interface ShownOnceProps {
  title: string;
  /** On the button of the form. */
  action: string;
  /** Resolves to the secret; `undefined`: there is none to show, and the dialog closes. */
  onSend: (values: Values) => Promise<string | undefined>;
  /** What the secret is. */
  label: string;
  /** What to do with it. */
  advice: ComponentChildren;
  /** Given up, or done and seen. */
  onClose: (isDone: boolean) => void;
  isDangerous?: boolean;
  children: ComponentChildren;
}

/** A form whose result can be seen until the dialog is closed, and never again. */
export const ShownOnce = ({
  title,
  action,
  onSend,
  label,
  advice,
  onClose,
  isDangerous = false,
  children,
}: ShownOnceProps): JSX.Element => {
  const [secret, setSecret] = useState<string>();
  if (secret !== undefined)
    return (
      <Dialog title={label} onClose={() => onClose(true)}>
        <p>
          <strong>Copy it now: it is not shown again.</strong> {advice}
        </p>
        <Copyable isSecret text={secret} label={label} />
        <div class="actions end">
          <Button kind="main" onClick={() => onClose(true)}>
            Done
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={title} onClose={() => onClose(false)}>
      <Form
        action={action}
        isDangerous={isDangerous}
        onCancel={() => onClose(false)}
        onSend={async (values) => {
          const made = await onSend(values);
          if (made === undefined) onClose(true);
          else setSecret(made);
        }}
      >
        {children}
      </Form>
    </Dialog>
  );
};
