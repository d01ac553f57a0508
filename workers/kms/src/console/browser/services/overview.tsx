/** Tables of all services, and of all keys: those to look at first, then the others. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
  addressOf,
  Choice,
  call,
  Failure,
  Field,
  Link,
  ListTable,
  navigate,
  Section,
  Table,
  Time,
  useList,
  useLoaded,
  useLocation,
  useMay,
} from "#console";
import { type ApiKey, endOf, keyColumns, SOON_MS } from "./keys.tsx";
import { ScopeList } from "./scopes.tsx";

const ROWS = 50;
/** The most that a page can have; who has more keys to look at has other worries than their order. */
const MOST = 200;

const readUrgent = async (): Promise<ApiKey[]> => {
  const expiresBefore = new Date(Date.now() + SOON_MS).toISOString();
  const found = await Promise.all([
    call("GET /kms/keys", { query: { state: "disabled", disabledReason: "leaked", limit: MOST } }),
    call("GET /kms/keys", { query: { state: "active", expiresBefore, limit: MOST } }),
    call("GET /kms/keys", { query: { state: "grace", limit: MOST } }),
  ]);
  const [leaked = [], ...ending] = found.map(({ data }) => data.items);
  return [...leaked, ...ending.flat().toSorted((a, b) => ((endOf(a) ?? "") < (endOf(b) ?? "") ? -1 : 1))];
};

/** `changes` are counted: what is changed in one table of keys may stand in another one too. */
interface KeysProps {
  changes: number;
  onChange: () => void;
}

/** Leaked keys first, then those that end soon; nothing where there are none. */
const Urgent = ({ changes, onChange }: KeysProps): JSX.Element | null => {
  const keys = useLoaded(readUrgent);
  useEffect(() => {
    if (changes > 0) keys.reload();
  }, [changes]);
  if (keys.error === undefined && !keys.value?.length) return null;
  return (
    <Section title="Leaked, or ending soon">
      <Failure error={keys.error} />
      {keys.value && (
        <Table
          label="Keys that are leaked or end soon"
          rows={keys.value}
          keyOf={({ id }) => id}
          columns={keyColumns(onChange)}
        />
      )}
    </Section>
  );
};

const STATES = [
  ["", "any"],
  ["active", "active"],
  ["grace", "grace"],
  ["disabled", "disabled"],
  ["expired", "expired"],
  ["revoked", "revoked"],
] as const;

const AllKeys = ({ changes, onChange }: KeysProps): JSX.Element => {
  const wanted = useLocation().query.get("state") ?? "";
  const state = STATES.flatMap(([one]) => (one !== "" && one === wanted ? [one] : []))[0];
  const keys = useList("GET /kms/keys", { query: { limit: ROWS, ...(state && { state }) } });
  useEffect(() => {
    if (changes > 0) keys.reload();
  }, [changes]);
  return (
    <Section title="All keys">
      <form class="row">
        <Choice
          name="state"
          label="State"
          options={STATES}
          value={wanted}
          onValue={(value) => {
            const query = new URLSearchParams({ view: "keys", ...(value !== "" && { state: value }) });
            navigate(`${addressOf("services")}?${query}`, { replace: true });
          }}
        />
      </form>
      <ListTable
        label="Keys"
        list={keys}
        keyOf={({ id }) => id}
        columns={keyColumns(onChange)}
        empty={state ? `No key is ${state}.` : "No key yet. Choose a service, and make its first key there."}
      />
    </Section>
  );
};

export const KeyList = (): JSX.Element => {
  const [changes, setChanges] = useState(0);
  const keys = { changes, onChange: () => setChanges((count) => count + 1) };
  return (
    <>
      <Urgent {...keys} />
      <AllKeys {...keys} />
    </>
  );
};

export const ServiceList = (): JSX.Element => {
  const search = useLocation().query.get("q") ?? "";
  const services = useList("GET /kms/services", { query: { limit: ROWS, search } });
  const may = useMay();
  const isNone = services.items?.length === 0 && search === "";
  return (
    <section class="card">
      {!isNone && (
        <form class="row" onSubmit={(event) => event.preventDefault()}>
          <Field
            name="search"
            type="search"
            label="Find by name"
            value={search}
            onValue={(q) =>
              navigate(addressOf("services") + (q === "" ? "" : `?${new URLSearchParams({ q })}`), { replace: true })
            }
          />
        </form>
      )}
      <ListTable
        label="Services"
        list={services}
        keyOf={({ name }) => name}
        empty={
          !isNone
            ? "No service is called so."
            : may("keys:write")
              ? "No service yet. A service is a program with keys of its own: make one above, then its first key."
              : "No service yet."
        }
        columns={[
          { title: "Service", cell: ({ name }) => <Link to={addressOf("services", name)}>{name}</Link> },
          { title: "Scopes", cell: ({ scopes }) => <ScopeList scopes={scopes} /> },
          {
            title: "Rotation",
            cell: ({ rotateAfterDays, rotationBlocked }) =>
              rotateAfterDays === null
                ? "by hand"
                : `after ${rotateAfterDays} days${rotationBlocked ? ", but there is no webhook" : ""}`,
          },
          { title: "Webhook", cell: ({ webhookUrl }) => webhookUrl ?? <span class="meta">none</span> },
          { title: "Created", cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
      />
    </section>
  );
};
