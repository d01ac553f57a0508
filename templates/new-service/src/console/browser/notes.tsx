/** The notes, and another one. */
import type { JSX } from "preact";
import { call, Form, ListTable, Section, TextField, Time, useList, useMay, View } from "#console";

export const Notes = (): JSX.Element => {
  const may = useMay();
  const notes = useList("GET /new-service/notes");
  return (
    <View title="new-service" lead="Short texts, kept for thirty days.">
      {may("new-service:write") && (
        <Section title="New note">
          <Form
            // A new form is empty again.
            key={notes.items?.length}
            action="Add"
            done="Added."
            onSend={async ({ text }) => {
              await call("POST /new-service/notes", { body: { text: text("text") } });
              notes.reload();
            }}
          >
            <TextField name="text" label="Text" required maxLength={1_000} />
          </Form>
        </Section>
      )}
      <Section title="Notes">
        <ListTable
          label="Notes"
          list={notes}
          keyOf={({ id }) => String(id)}
          empty="No note yet."
          columns={[
            { title: "Text", cell: ({ text }) => text },
            { title: "By", cell: ({ author }) => <code>{author}</code> },
            { title: "Written", cell: ({ createdAt }) => <Time at={createdAt} /> },
          ]}
        />
      </Section>
    </View>
  );
};
