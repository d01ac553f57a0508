/** Finding people, and inviting them. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { addressOf, Button, Field, Link, ListTable, navigate, Time, useList, useLocation, View } from "#console";
import { Address, RoleBadges, State } from "./badges.tsx";
import { Invitations } from "./invitations.tsx";
import { NewPerson } from "./new-person.tsx";

/** So long no one types a letter. */
const PAUSE_MS = 200;

/** What is typed is in the address soon after, and the address in the field when one comes back to it. */
const Search = ({ wanted }: { wanted: string }): JSX.Element => {
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
    const query = given === "" ? "" : `?${new URLSearchParams({ q: given })}`;
    const timer = setTimeout(() => {
      sent.current = given;
      navigate(addressOf("people") + query, { replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <search>
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        <Field
          name="q"
          type="search"
          label="Search"
          hint="Part of a name, or a whole email address"
          value={text}
          maxLength={254}
          onValue={setText}
        />
      </form>
    </search>
  );
};

export const PeopleList = (): JSX.Element => {
  const wanted = useLocation().query.get("q") ?? "";
  const people = useList("GET /kms/users", { query: { search: wanted } });
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
        <Search wanted={wanted} />
        <ListTable
          label="People"
          list={people}
          keyOf={({ id }) => id}
          empty={
            wanted === "" ? (
              "No one has an account yet."
            ) : (
              <p>
                No name has “{wanted}” in it, and no one has it as their address. Whoever is still invited stands below.
              </p>
            )
          }
          columns={[
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
            { title: "Since", cell: ({ createdAt }) => <Time at={createdAt} /> },
          ]}
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
