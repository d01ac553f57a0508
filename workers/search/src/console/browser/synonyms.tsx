/** Words that stand for each other. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Confirm, call, Dialog, Field, Form, ListTable, Section, TextField, useList } from "#console";
import { COLLECTION, type Engine, NeedsCluster } from "./collection.tsx";

interface Synonym {
  id: string;
  /** Only it finds the others, where there is one. */
  root: string;
  words: readonly string[];
}

const synonymOf = (rule: Record<string, unknown>): Synonym => {
  const { id, root, synonyms } = rule;
  return { id: String(id), root: String(root ?? ""), words: Array.isArray(synonyms) ? synonyms.map(String) : [] };
};

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

interface EditorProps {
  synonym: Synonym | undefined;
  onClose: () => void;
  onDone: () => void;
}

const Editor = ({ synonym, onClose, onDone }: EditorProps): JSX.Element => (
  <Dialog title={synonym ? `Change ${synonym.id}` : "New synonym"} onClose={onClose}>
    <Form
      action="Save"
      done="Saved."
      onCancel={onClose}
      onSend={async ({ text }) => {
        const root = text("root");
        await call("PUT /search/collections/{name}/synonyms/{id}", {
          path: { ...COLLECTION, id: synonym?.id ?? text("id") },
          body: { synonyms: linesOf(text("words")), ...(root && { root }) },
        });
        onDone();
      }}
    >
      {!synonym && <Field name="id" label="Id" required hint="How you will find it again" placeholder="gates" />}
      <TextField
        name="words"
        label="Words"
        hint="One a line: each finds the others"
        required
        defaultValue={synonym?.words.join("\n") ?? ""}
      />
      <Field
        name="root"
        label="Only from this word"
        hint="If set, it finds the words above, and they do not find it"
        defaultValue={synonym?.root ?? ""}
      />
    </Form>
  </Dialog>
);

const Rules = (): JSX.Element => {
  const list = useList("GET /search/collections/{name}/synonyms", { path: COLLECTION });
  const [edited, setEdited] = useState<{ synonym: Synonym | undefined }>();
  const close = (): void => setEdited(undefined);
  const cells = (show: (synonym: Synonym) => JSX.Element | string) => (rule: Record<string, unknown>) =>
    show(synonymOf(rule));
  return (
    <Section
      title="Synonyms"
      actions={
        <Button kind="main" onClick={() => setEdited({ synonym: undefined })}>
          New synonym
        </Button>
      }
    >
      <ListTable
        label="Synonyms"
        list={list}
        keyOf={({ id }) => String(id)}
        empty="None yet. Add words that people use for the same thing, such as gate and portal."
        columns={[
          { title: "Id", cell: cells(({ id }) => <strong>{id}</strong>) },
          { title: "Words", cell: cells(({ root, words }) => (root && `${root} → `) + words.join(", ")) },
          {
            title: "",
            cell: cells((synonym) => (
              <span class="actions">
                <Button kind="quiet" onClick={() => setEdited({ synonym })}>
                  Change
                </Button>
                <Confirm
                  label="Delete"
                  title={`Delete the synonym ${synonym.id}?`}
                  run={async () => {
                    await call("DELETE /search/collections/{name}/synonyms/{id}", {
                      path: { ...COLLECTION, id: synonym.id },
                    });
                    list.reload();
                  }}
                >
                  <p>Its words no longer find each other.</p>
                </Confirm>
              </span>
            )),
          },
        ]}
      />
      {edited && (
        <Editor
          synonym={edited.synonym}
          onClose={close}
          onDone={() => {
            close();
            list.reload();
          }}
        />
      )}
    </Section>
  );
};

export const Synonyms = ({ engine }: { engine: Engine }): JSX.Element =>
  engine === "typesense" ? <Rules /> : <NeedsCluster what="Synonyms" />;
