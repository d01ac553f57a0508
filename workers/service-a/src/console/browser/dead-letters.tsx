/** What search refused for good, to be delivered again once the cause is mended. */
import type { JSX } from "preact";
import {
  addressOf,
  Confirm,
  call,
  Empty,
  Link,
  ListTable,
  notify,
  Section,
  Time,
  useList,
  useMay,
  View,
} from "#console";
import { nameOf } from "./element.ts";

const Letters = (): JSX.Element => {
  const list = useList("GET /service-a/outbox/dead-letters");
  return (
    <Section
      title="Refused changes"
      actions={
        <Confirm
          label="Deliver all again"
          title="Deliver all dead letters again?"
          kind="main"
          isDisabled={list.items === undefined || list.items.length === 0}
          run={async () => {
            const { data } = await call("POST /service-a/outbox/dead-letters/redrive");
            notify(`${data.redriven} are on their way again.`);
            list.reload();
          }}
        >
          <p>Search gets each of them once more. What it refuses again comes back here.</p>
        </Confirm>
      }
    >
      <ListTable
        label="Dead letters"
        list={list}
        keyOf={({ id }) => String(id)}
        empty="None: search has taken every change."
        columns={[
          { title: "Element", cell: ({ elementType, elementId }) => `${nameOf(elementType)} ${elementId}` },
          { title: "Why", cell: ({ refusal }) => refusal },
          { title: "Attempts", isNumber: true, cell: ({ attempts }) => attempts },
          { title: "Changed", cell: ({ changedAt }) => <Time at={changedAt} /> },
        ]}
      />
    </Section>
  );
};

export const DeadLetters = (): JSX.Element => (
  <View title="Dead letters" lead={<Link to={addressOf("scripts")}>All scripts</Link>}>
    {useMay()("users:admin") ? <Letters /> : <Empty>Only administrators see what search refused.</Empty>}
  </View>
);
