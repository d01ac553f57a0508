/** The scripts that there are, and the import of another. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Button,
  call,
  Dialog,
  Form,
  Link,
  ListTable,
  navigate,
  notify,
  TextField,
  Time,
  useList,
  useMay,
  View,
} from "#console";

const ENCODINGS = [
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
] as const;

/** The text of a file: of the Unicode that its mark names, else UTF-8, and Windows' Latin where it is not that. */
const readFile = async (file: File): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const marked = ENCODINGS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return new TextDecoder(marked[0]).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
};

const EXAMPLE = `Title: The Lighthouse

INT. LAMP ROOM - NIGHT

The lamp turns.

MARA
Not tonight.`;

const Import = ({ onClose }: { onClose: () => void }): JSX.Element => {
  const [text, setText] = useState("");
  return (
    <Dialog title="Import a screenplay" onClose={onClose}>
      <Form
        action="Import"
        onCancel={onClose}
        onSend={async () => {
          const { data } = await call("POST /service-a/scripts", { body: text });
          const { section, character } = data.counts;
          notify(`Imported: ${section} scenes, ${character} cues.`);
          navigate(addressOf("scripts", String(data.scriptId)));
        }}
      >
        <div class="field">
          <label for="script-file">File</label>
          <input
            id="script-file"
            type="file"
            accept=".fountain,.txt,.md,text/plain"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file) void readFile(file).then(setText);
            }}
          />
        </div>
        <TextField
          name="text"
          label="Or its text"
          rows={12}
          required
          value={text}
          onValue={setText}
          placeholder={EXAMPLE}
          hint="In Fountain markup. All of it is imported, or nothing."
        />
      </Form>
    </Dialog>
  );
};

export const ScriptList = (): JSX.Element => {
  const [isImporting, setImporting] = useState(false);
  const may = useMay();
  const list = useList("GET /service-a/scripts");
  const mayImport = may("sequence:write");
  return (
    <View
      title="Scripts"
      lead="Screenplays, element by element: each has its place in the sequence, and keeps all its versions."
      actions={
        <>
          {may("users:admin") && (
            <Link class="button" to={addressOf("scripts", "dead-letters")}>
              Dead letters
            </Link>
          )}
          {mayImport && (
            <Button kind="main" onClick={() => setImporting(true)}>
              Import
            </Button>
          )}
        </>
      }
    >
      <section class="card">
        <ListTable
          label="Scripts"
          list={list}
          keyOf={({ scriptId }) => String(scriptId)}
          empty={
            mayImport
              ? "No script yet. Import one: a file in Fountain markup, or a text that you paste."
              : "No script yet. Someone who may write has to import one."
          }
          columns={[
            {
              title: "Title",
              cell: ({ scriptId, title }) => (
                <Link to={addressOf("scripts", String(scriptId))}>{title || `Script ${scriptId}`}</Link>
              ),
            },
            { title: "Scenes", isNumber: true, cell: ({ counts }) => counts.section },
            { title: "Cues", isNumber: true, cell: ({ counts }) => counts.character },
            { title: "Actions", isNumber: true, cell: ({ counts }) => counts.action },
            { title: "Imported", cell: ({ createdAt }) => <Time at={createdAt} /> },
          ]}
        />
      </section>
      {isImporting && <Import onClose={() => setImporting(false)} />}
    </View>
  );
};
