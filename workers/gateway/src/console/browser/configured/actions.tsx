/** What can be done with something that is configured, and what is to say of it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Confirm, navigate, useMay } from "#console";
import { Editor, type Fields } from "./editor.tsx";
import { type Kind, placeOf, remove, type Stored, TITLES } from "./objects.ts";

interface ActionsProps {
  kind: Kind;
  stored: Stored;
  fields: Fields;
  /** What deleting it does. */
  children: string;
  onChange: () => void;
}

/** Nothing for those who may not, and where a file says what is configured. */
export const Actions = ({ kind, stored, fields, children, onChange }: ActionsProps): JSX.Element | null => {
  const [isOpen, setOpen] = useState(false);
  const may = useMay();
  const { name, source } = stored;
  if (!may("gateway:write") || source === "file") return null;
  return (
    <>
      <Button kind="main" onClick={() => setOpen(true)}>
        Change
      </Button>
      {source === "api" && (
        <Confirm
          label="Delete"
          title={`Delete the ${TITLES[kind].one} ${name}?`}
          run={async () => {
            await remove(kind, name);
            navigate(placeOf(kind), { replace: true });
          }}
        >
          <p>{children}</p>
        </Confirm>
      )}
      {isOpen && (
        <Editor
          kind={kind}
          fields={fields}
          name={name}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            onChange();
          }}
        />
      )}
    </>
  );
};

const SOURCES: Record<Stored["source"], string | undefined> = {
  api: undefined,
  file: "The configuration file that Fountain was started with says this: it is changed there.",
  default: "This is there from the first start. What you change replaces it, until you delete that again.",
};

/** Where it comes from, and what of it will not work. */
export const Remarks = ({ stored: { source, warnings = [] } }: { stored: Stored }): JSX.Element => (
  <>
    {SOURCES[source] && <p class="meta">{SOURCES[source]}</p>}
    {warnings.length > 0 && (
      <div class="notice">
        <p>Not all of this can work:</p>
        <ul>
          {warnings.map(({ pointer, detail }) => (
            <li>
              <code>{pointer.replace(/^#\/?/, "")}</code> {detail}
            </li>
          ))}
        </ul>
      </div>
    )}
  </>
);
