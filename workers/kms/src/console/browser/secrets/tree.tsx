/** The paths of secrets as a tree. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addressOf, Field, Link, type Listed, Pages, useList } from "#console";

interface Folder {
  name: string;
  /** From the root, with the slash. */
  path: string;
  folders: Map<string, Folder>;
  secrets: { name: string; path: string }[];
}

const folder = (name: string, path: string): Folder => ({ name, path, folders: new Map(), secrets: [] });

const treeOf = (paths: readonly string[]): Folder => {
  const root = folder("", "");
  for (const path of paths) {
    const names = path.split("/");
    const last = names.pop() ?? "";
    let place = root;
    for (const name of names) {
      const next = place.folders.get(name) ?? folder(name, `${place.path}${name}/`);
      place.folders.set(name, next);
      place = next;
    }
    place.secrets.push({ name: last, path });
  }
  return root;
};

/** `prefix`: what the tree is limited to. */
export const addressOfSecret = (path: string, prefix = ""): string =>
  addressOf("secrets", ...path.split("/").filter(Boolean)) + (prefix && `?${new URLSearchParams({ q: prefix })}`);

/** So many paths are shown with all folders open. */
const FEW = 40;

interface BranchProps {
  of: Folder;
  current: string;
  prefix: string;
  isOpen: boolean;
}

const Branch = ({ of, current, prefix, isOpen }: BranchProps): JSX.Element => (
  <ul class="tree">
    {[...of.folders.values()].map((inner) => (
      <li key={inner.path}>
        <details open={isOpen || current.startsWith(inner.path)}>
          <summary>{inner.name}/</summary>
          <Branch of={inner} current={current} prefix={prefix} isOpen={isOpen} />
        </details>
      </li>
    ))}
    {of.secrets.map(({ name, path }) => (
      <li key={path}>
        <Link to={addressOfSecret(path, prefix)} current={path === current}>
          {name}
        </Link>
      </li>
    ))}
  </ul>
);

export const usePaths = (prefix: string): Listed<{ path: string }> =>
  useList("GET /kms/secrets", { query: { limit: 200, prefix } });

interface SecretTreeProps {
  paths: Listed<{ path: string }>;
  current: string;
  prefix: string;
  onPrefix: (prefix: string) => void;
}

export const SecretTree = ({ paths, current, prefix, onPrefix }: SecretTreeProps): JSX.Element => {
  const [entered, enter] = useState(prefix);
  return (
    <nav class="card" aria-label="Secrets">
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          onPrefix(entered);
        }}
      >
        <Field
          name="prefix"
          label="Path begins with"
          type="search"
          value={entered}
          onValue={(value) => {
            enter(value);
            if (value === "") onPrefix("");
          }}
          placeholder="mail/"
        />
      </form>
      <Pages of={paths}>
        {(items) => (
          <>
            {items.length === 0 && <p class="meta">{prefix === "" ? "None yet." : "No path begins like this."}</p>}
            <Branch
              of={treeOf(items.map(({ path }) => path))}
              current={current}
              prefix={prefix}
              isOpen={items.length <= FEW}
            />
          </>
        )}
      </Pages>
    </nav>
  );
};
