/** Tries a query. It stands in the address, so that it can be passed on. */
import type { JSX } from "preact";
import {
  addressOf,
  Badge,
  Choice,
  call,
  Empty,
  Field,
  Form,
  Link,
  Loading,
  navigate,
  type Schemas,
  useLoaded,
  useLocation,
} from "#console";
import { END_TAG, Marked, START_TAG } from "./marked.tsx";

type Answer = Schemas["search.SearchAnswer"];
type Hit = Answer["hits"][number];

const FACETS = ["element_type", "script_id", "service_name"];
const PER_PAGE = 20;

const FIELDS = [
  ["text,comment", "texts and comments"],
  ["text", "texts"],
  ["comment", "comments"],
] as const;

const SORTS = [
  ["", "best match first"],
  ["updated_at:desc", "latest change first"],
  ["sequence_number:asc", "in sequence"],
] as const;

interface Asked {
  q: string;
  fields: string;
  filter: string;
  sort: string;
  page: number;
}

const askedIn = (query: URLSearchParams): Asked => ({
  q: query.get("q") ?? "",
  fields: query.get("fields") ?? FIELDS[0][0],
  filter: query.get("filter") ?? "",
  sort: query.get("sort") ?? "",
  page: Number(query.get("page") ?? 1),
});

const addressFor = ({ page, ...asked }: Asked): string => {
  const given = Object.entries({ ...asked, ...(page > 1 && { page: String(page) }) });
  const query = new URLSearchParams(given.filter(([, value]) => value !== "")).toString();
  return addressOf("search") + (query && `?${query}`);
};

const search = async ({ q, fields, filter, sort, page }: Asked, signal: AbortSignal): Promise<Answer> => {
  const { data } = await call("POST /search/search", {
    body: {
      q: q || "*",
      query_by: fields,
      facet_by: FACETS.join(","),
      page,
      per_page: PER_PAGE,
      highlight_start_tag: START_TAG,
      highlight_end_tag: END_TAG,
      ...(filter && { filter_by: filter }),
      ...(sort && { sort_by: sort }),
    },
    signal,
  });
  return data;
};

const conditionOf = (field: string, value: string): string =>
  /^\d+$/.test(value) ? `${field}:=${value}` : `${field}:=\`${value}\``;

const Facets = ({ asked, answer }: { asked: Asked; answer: Answer }): JSX.Element => (
  <>
    {answer.facet_counts.map(
      ({ field_name: field, counts }) =>
        counts.length > 0 && (
          <section>
            <h3>{field}</h3>
            <ul class="plain">
              {counts.map(({ value, count }) => {
                const condition = conditionOf(field, value);
                const filter = asked.filter === "" ? condition : `(${asked.filter}) && ${condition}`;
                // No filter can name a value with the mark that ends it.
                const isFilter = !value.includes("`");
                return (
                  <li>
                    {isFilter ? <Link to={addressFor({ ...asked, filter, page: 1 })}>{value}</Link> : value}{" "}
                    <span class="meta">{count}</span>
                  </li>
                );
              })}
            </ul>
          </section>
        ),
    )}
  </>
);

const Found = ({ hit: { document, highlights } }: { hit: Hit }): JSX.Element => {
  const { id, element_type, text, comment, script_id, sequence_number, service_name } = document;
  const shown = highlights.map(({ field, snippet }) => [field, snippet] as const);
  return (
    <li class="tile">
      <p>
        <Badge>{element_type}</Badge> <code>{id}</code>{" "}
        <span class="meta">
          {script_id !== undefined && `script ${script_id}, `}number {sequence_number}, from {service_name}
        </span>
      </p>
      {shown.length === 0 && <p>{text || comment}</p>}
      {shown.map(([field, snippet]) => (
        <p>
          {field !== "text" && <span class="meta">{field}: </span>}
          <Marked text={snippet} />
        </p>
      ))}
    </li>
  );
};

const Answered = ({ asked, answer }: { asked: Asked; answer: Answer }): JSX.Element => {
  const last = Math.ceil(answer.found / PER_PAGE);
  if (answer.found === 0)
    return (
      <Empty>
        {asked.q === "" && asked.filter === "" ? (
          "Nothing is stored yet. Import a script, or have a service send its documents to POST /search/documents/sync."
        ) : (
          <>
            Nothing matches. <Link to={addressOf("search")}>Begin again</Link>
          </>
        )}
      </Empty>
    );
  return (
    <div class="split">
      <section class="card" aria-label="Facets">
        <h2>Narrow down</h2>
        <Facets asked={asked} answer={answer} />
      </section>
      <section aria-label="Hits">
        <p role="status">
          {answer.found} found{last > 1 && `, page ${answer.page} of ${last}`}
        </p>
        <ul class="plain">
          {answer.hits.map((hit) => (
            <Found hit={hit} />
          ))}
        </ul>
        <p class="actions">
          {asked.page > 1 && <Link to={addressFor({ ...asked, page: asked.page - 1 })}>Previous page</Link>}
          {asked.page < last && <Link to={addressFor({ ...asked, page: asked.page + 1 })}>Next page</Link>}
        </p>
      </section>
    </div>
  );
};

export const Query = (): JSX.Element => {
  const asked = askedIn(useLocation().query);
  const address = addressFor(asked);
  const answer = useLoaded((signal) => search(asked, signal), [address]);
  return (
    <>
      <section class="card" aria-label="Query">
        <Form
          key={address}
          layout="row"
          action="Search"
          onSend={async ({ text }) =>
            navigate(
              addressFor({
                q: text("q"),
                fields: text("fields"),
                filter: text("filter"),
                sort: text("sort"),
                page: 1,
              }),
            )
          }
        >
          <Field name="q" label="Words" type="search" defaultValue={asked.q} placeholder="all documents" />
          <Field
            name="filter"
            label="Filter"
            defaultValue={asked.filter}
            placeholder="element_type:=action && sequence_number:>5"
          />
          <Choice name="fields" label="In" options={FIELDS} defaultValue={asked.fields} />
          <Choice name="sort" label="Order" options={SORTS} defaultValue={asked.sort} />
        </Form>
        {asked.filter !== "" && <Link to={addressFor({ ...asked, filter: "", page: 1 })}>Without the filter</Link>}
      </section>
      <Loading of={answer} isThere={answer.value !== undefined}>
        {answer.value && <Answered asked={asked} answer={answer.value} />}
      </Loading>
    </>
  );
};
