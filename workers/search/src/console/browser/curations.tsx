/** Hits that are pinned or hidden for some queries, in Typesense's own words. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  Button,
  Confirm,
  call,
  Dialog,
  Field,
  Form,
  ListTable,
  type Schemas,
  Section,
  TextField,
  useList,
} from "#console";
import { COLLECTION, type Engine, NeedsCluster } from "./collection.tsx";

type Rule = Record<string, unknown>;

const EXAMPLE: Schemas["search.Curation"] = {
  rule: { query: "harbour", match: "exact" },
  includes: [{ id: "action-7", position: 1 }],
  excludes: [],
};

const textOf = ({ id: _id, ...rule }: Rule): string => JSON.stringify(rule, undefined, 2);

const parse = (text: string): Schemas["search.Curation"] => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("This is not JSON.");
  }
};

interface EditorProps {
  rule: Rule | undefined;
  onClose: () => void;
  onDone: () => void;
}

const Editor = ({ rule, onClose, onDone }: EditorProps): JSX.Element => (
  <Dialog title={rule ? `Change ${String(rule["id"])}` : "New curation"} onClose={onClose}>
    <Form
      action="Save"
      done="Saved."
      onCancel={onClose}
      onSend={async ({ text }) => {
        const id = rule ? String(rule["id"]) : text("id");
        await call("PUT /search/collections/{name}/curations/{id}", {
          path: { ...COLLECTION, id },
          body: parse(text("rule")),
        });
        onDone();
      }}
    >
      {!rule && <Field name="id" label="Id" required hint="How you will find it again" placeholder="harbour" />}
      <TextField
        name="rule"
        label="Curation"
        rows={12}
        required
        hint="JSON: for which query, what stands first (includes), and what is left out (excludes)"
        defaultValue={textOf(rule ?? { ...EXAMPLE })}
      />
    </Form>
  </Dialog>
);

const Rules = (): JSX.Element => {
  const list = useList("GET /search/collections/{name}/curations", { path: COLLECTION });
  const [edited, setEdited] = useState<{ rule: Rule | undefined }>();
  const close = (): void => setEdited(undefined);
  return (
    <Section
      title="Curations"
      actions={
        <Button kind="main" onClick={() => setEdited({ rule: undefined })}>
          New curation
        </Button>
      }
    >
      <ListTable
        label="Curations"
        list={list}
        keyOf={({ id }) => String(id)}
        empty="None yet. A curation puts documents first, or hides them, for the queries that it names."
        columns={[
          { title: "Id", cell: ({ id }) => <strong>{String(id)}</strong> },
          {
            title: "Rule",
            cell: (rule) => <pre class="lines">{textOf(rule)}</pre>,
          },
          {
            title: "",
            cell: (rule) => (
              <span class="actions">
                <Button kind="quiet" onClick={() => setEdited({ rule })}>
                  Change
                </Button>
                <Confirm
                  label="Delete"
                  title={`Delete the curation ${String(rule["id"])}?`}
                  run={async () => {
                    await call("DELETE /search/collections/{name}/curations/{id}", {
                      path: { ...COLLECTION, id: String(rule["id"]) },
                    });
                    list.reload();
                  }}
                >
                  <p>Its queries find what they would find without it.</p>
                </Confirm>
              </span>
            ),
          },
        ]}
      />
      {edited && (
        <Editor
          rule={edited.rule}
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

export const Curations = ({ engine }: { engine: Engine }): JSX.Element =>
  engine === "typesense" ? <Rules /> : <NeedsCluster what="Curations" />;
