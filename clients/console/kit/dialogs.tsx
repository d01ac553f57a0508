/** Dialogs, and buttons that ask before they do what they say. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button, Failure } from "./elements.tsx";
import { useAction } from "./state.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A dialog that is open as long as it is rendered; Escape closes it. */
export const Dialog = ({ title, onClose, children }: DialogProps): JSX.Element => {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="section-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" aria-label="Close" onClick={onClose}>
          ✕
        </Button>
      </div>
      {children}
    </dialog>
  );
};

interface ConfirmProps {
  /** On the button that opens it. */
  label: string;
  /** The question. */
  title: string;
  /** What happens then. */
  children: ComponentChildren;
  /** On the button that does it; `label`, unless it says more. */
  action?: string;
  /** Rejects where it failed, which is shown. */
  run: () => Promise<unknown>;
  kind?: "danger" | "main" | "quiet";
  isDisabled?: boolean;
  /** What has to be typed first, where nothing brings back what is lost. */
  typed?: string;
  /** Whether the button looks like one, rather than like those within rows. */
  isPlain?: boolean;
}

interface QuestionProps
  extends Pick<ConfirmProps, "title" | "children" | "run" | "typed">,
    Required<Pick<ConfirmProps, "action" | "kind">> {
  onClose: () => void;
}

/** It begins again each time that it is asked, and stays while it is being done. */
const Question = ({ title, children, action, run, kind, typed = "", onClose }: QuestionProps): JSX.Element => {
  const [given, setGiven] = useState("");
  const id = useId();
  const doing = useAction(run);
  const close = (): void => {
    if (!doing.isBusy) onClose();
  };
  const confirm = async (): Promise<void> => {
    if (await doing.run()) onClose();
  };
  return (
    <Dialog title={title} onClose={close}>
      {children}
      {typed !== "" && (
        <div class="field">
          <label for={id}>Type {typed} to go on</label>
          <input
            id={id}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setGiven(currentTarget.value)}
          />
        </div>
      )}
      <Failure error={doing.error} />
      <div class="actions end">
        <Button onClick={close}>Cancel</Button>
        <Button
          kind={kind === "quiet" ? "main" : kind}
          isBusy={doing.isBusy}
          disabled={given !== typed}
          onClick={() => void confirm()}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
};

/** A button that asks before it does what it says. */
export const Confirm = ({
  label,
  action = label,
  kind = "danger",
  isDisabled = false,
  isPlain = false,
  ...question
}: ConfirmProps): JSX.Element => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        {...(isPlain ? kind === "danger" && { kind } : { kind: "quiet" })}
        disabled={isDisabled}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      {isOpen && <Question {...question} action={action} kind={kind} onClose={() => setOpen(false)} />}
    </>
  );
};
