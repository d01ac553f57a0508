/** Who the ids in the trail belong to, for those who may see the users. */
import type { JSX } from "preact";
import { addressOf, call, Link, useLoaded, useMay, useProfile } from "#console";

/** The most that one call gives; where there are more people, the ids of the others stay ids. */
const MOST = 200;

export type Names = ReadonlyMap<string, string>;

/** The names of the users, by id; of the person alone where they may not see others. */
export const useNames = (): Names => {
  const { id, username } = useProfile();
  const mayList = useMay()("users:admin");
  const { value = [] } = useLoaded(
    async (signal) => (mayList ? (await call("GET /kms/users", { query: { limit: MOST }, signal })).data.items : []),
    [mayList],
  );
  return new Map([[id, username], ...value.map((user) => [user.id, user.username] as const)]);
};

const LONG_ID = /^[\w-]{20,}$/;
/** The last characters, by which ids that were made one after another differ. */
const SHORT = 8;

/** An actor or a target: by name, or by the end of its id. */
export const Named = ({ id, names }: { id: string; names: Names }): JSX.Element => {
  const name = names.get(id);
  const may = useMay();
  if (name !== undefined)
    return may("users:admin") ? <Link to={addressOf("people", id)}>{name}</Link> : <strong title={id}>{name}</strong>;
  return LONG_ID.test(id) ? <code title={id}>…{id.slice(-SHORT)}</code> : <code>{id}</code>;
};
