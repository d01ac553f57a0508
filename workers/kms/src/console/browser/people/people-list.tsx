/** Finding people, and inviting them. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  addressOf,
  Button,
  Choice,
  type Column,
  Field,
  Link,
  ListTable,
  navigate,
  type Schemas,
  Time,
  useList,
  useLoaded,
  useLocation,
  View,
} from "#console";
import { Address, RoleBadges, State } from "./badges.tsx";
import { Invitations } from "./invitations.tsx";
import { NewPerson } from "./new-person.tsx";
import { allRoles } from "./rights.ts";

/** So long no one types a letter. */
const PAUSE_MS = 200;

/** The address of the list of those who are as the filters say. */
const listAddress = (query: URLSearchParams, changed: Record<string, string>): string => {
  const filters = Object.entries({ ...Object.fromEntries(query), ...changed }).filter(([, value]) => value !== "");
  return [addressOf("people"), new URLSearchParams(filters).toString()].filter(Boolean).join("?");
};

/** What is typed is in the address soon after, and the address in the field when one comes back to it. */
const SearchField = ({ wanted, onWanted }: { wanted: string; onWanted: (text: string) => void }): JSX.Element => {
  const [text, setText] = useState(wanted);
  const sent = useRef(wanted);
  useEffect(() => {
    if (wanted === sent.current) return;
    sent.current = wanted;
    setText(wanted);
  }, [wanted]);
  useEffect(() => {
    const given = text.trim();
    if (given === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = given;
      onWanted(given);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Field
      name="q"
      type="search"
      label="Search"
      placeholder="Part of a name, or a whole email address"
      value={text}
      maxLength={254}
      onValue={setText}
    />
  );
};

const STATES = [
  ["", "Any"],
  ["no", "Active"],
  ["yes", "Locked"],
] as const;

const Filters = ({ query }: { query: URLSearchParams }): JSX.Element => {
  const roles = useLoaded(allRoles);
  const narrow = (changed: Record<string, string>): void => {
    navigate(listAddress(new URLSearchParams(location.search), changed), { replace: true });
  };
  const role = query.get("role") ?? "";
  const names = roles.value?.map(({ name }) => name) ?? [role].filter(Boolean);
  return (
    <search>
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        <SearchField wanted={query.get("q") ?? ""} onWanted={(q) => narrow({ q })} />
        <Choice
          name="role"
          label="Role"
          value={role}
          options={[["", "Any"], ...names.map((name) => [name, name] as const)]}
          onValue={(value) => narrow({ role: value })}
        />
        <Choice
          name="locked"
          label="State"
          value={query.get("locked") ?? ""}
          options={STATES}
          onValue={(locked) => narrow({ locked })}
        />
      </form>
    </search>
  );
};

const COLUMNS: readonly Column<Schemas["kms.ListedUser"]>[] = [
  {
    title: "Name",
    cell: ({ id, username }) => (
      <Link to={addressOf("people", id)}>
        <strong>{username}</strong>
      </Link>
    ),
  },
  { title: "Email", cell: Address },
  { title: "Roles", cell: RoleBadges },
  { title: "State", cell: State },
  { title: "Last seen", cell: ({ lastSeenAt }) => <Time at={lastSeenAt} never="not of late" /> },
  { title: "Since", cell: ({ createdAt }) => <Time at={createdAt} /> },
];

export const PeopleList = (): JSX.Element => {
  const { query } = useLocation();
  const [search, role, locked] = [query.get("q") ?? "", query.get("role") ?? "", query.get("locked")];
  const people = useList("GET /kms/users", {
    query: { search, role, ...(locked !== null && { locked: locked === "yes" }) },
  });
  const [isNew, setNew] = useState(false);
  const [round, setRound] = useState(0);
  return (
    <View
      title="People"
      lead="Everyone with an account. What they may do comes from their roles."
      actions={
        <Button kind="main" onClick={() => setNew(true)}>
          Add a person
        </Button>
      }
    >
      <section class="card">
        <Filters query={query} />
        <ListTable
          label="People"
          list={people}
          keyOf={({ id }) => id}
          columns={COLUMNS}
          empty={
            <p>
              No one is like that{search !== "" && `: no name has “${search}” in it, and it is no one’s whole address`}.
              Whoever is invited and has not come yet stands below.
            </p>
          }
        />
      </section>
      <Invitations key={round} />
      {isNew && (
        <NewPerson
          onClose={() => setNew(false)}
          onDone={() => {
            people.reload();
            setRound(round + 1);
          }}
        />
      )}
    </View>
  );
};
