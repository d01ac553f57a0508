/** The versions of an element, and what differs between two of them. */
import type { JSX } from "preact";
import {
  addressOf,
  Choice,
  call,
  Form,
  Link,
  ListTable,
  Loading,
  navigate,
  Section,
  Time,
  useList,
  useLoaded,
  useLocation,
  View,
} from "#console";
import { type ElementType, nameOf } from "./element.ts";

interface ElementProps {
  type: ElementType;
  id: number;
}

const SIGNS = { added: "+", removed: "-", unchanged: " " } as const;

const Comparison = ({ type, id, from, to }: ElementProps & { from: number; to: number }): JSX.Element => {
  const compared = useLoaded(
    async (signal) =>
      (
        await call("GET /service-a/elements/{type}/{id}/versions/{n}", {
          path: { type, id, n: to },
          query: { diff: from },
          signal,
        })
      ).data,
    [type, id, from, to],
  );
  return (
    <Loading of={compared} isThere={compared.value !== undefined}>
      <section aria-label={`From version ${from} to version ${to}`}>
        <pre class="lines">
          {compared.value?.diff?.changes.flatMap(({ kind, lines }) =>
            lines.map((line) => (
              <span class={kind}>
                {SIGNS[kind]} {line}
                {"\n"}
              </span>
            )),
          )}
        </pre>
      </section>
    </Loading>
  );
};

export const Versions = ({ scriptId, type, id }: ElementProps & { scriptId: number }): JSX.Element => {
  const { query } = useLocation();
  const list = useList("GET /service-a/elements/{type}/{id}/versions", { path: { type, id } });
  const numbers = (list.items ?? []).map(({ versionNumber }) => versionNumber);
  const latest = numbers.at(-1) ?? 1;
  const from = Number(query.get("from") ?? Math.max(latest - 1, 1));
  const to = Number(query.get("to") ?? latest);
  const options = numbers.map((number) => [String(number), `version ${number}`] as const);
  return (
    <View
      title={`${nameOf(type)} ${id}`}
      lead={
        type === "script" || Number.isNaN(scriptId) ? (
          <Link to={addressOf("scripts")}>All scripts</Link>
        ) : (
          <Link to={addressOf("scripts", String(scriptId))}>Back to the script</Link>
        )
      }
    >
      {numbers.length > 1 && (
        <Section title="Compare">
          <Form
            key={`${from} ${to}`}
            layout="row"
            action="Compare"
            onSend={async ({ text }) => {
              const chosen = new URLSearchParams({ from: text("from"), to: text("to") });
              navigate(`${location.pathname}?${chosen}`, { replace: true });
            }}
          >
            <Choice name="from" label="From" options={options} defaultValue={String(from)} />
            <Choice name="to" label="To" options={options} defaultValue={String(to)} />
          </Form>
          <Comparison type={type} id={id} from={from} to={to} />
        </Section>
      )}
      <Section title="Versions">
        <ListTable
          label="Versions"
          list={list}
          keyOf={({ versionNumber }) => String(versionNumber)}
          columns={[
            { title: "Version", isNumber: true, cell: ({ versionNumber }) => versionNumber },
            { title: "Text", cell: ({ text }) => <pre class="lines">{text}</pre> },
            { title: "Comment", cell: ({ comment }) => comment },
            {
              title: "By",
              cell: ({ createdBy, actingService }) => (
                <>
                  <code>{createdBy}</code> {actingService !== null && `by way of ${actingService}`}
                </>
              ),
            },
            { title: "When", cell: ({ createdAt }) => <Time at={createdAt} /> },
          ]}
        />
      </Section>
    </View>
  );
};
