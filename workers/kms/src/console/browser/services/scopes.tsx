/** Scopes as people give them to services: only such as they hold themselves. */
import type { JSX } from "preact";
import { Checks, call, TextField, useLoaded, useMay, type Values } from "#console";

/** One that is narrowed to a path of secrets or to a transit key, and what is narrowed by it. */
const NARROWED = /^(secrets:read|secrets:write|transit:use):./;

/** Whether the person holds all of these; who does not may neither give nor take them. */
export const useHolds = (): ((scopes: readonly string[]) => boolean) => {
  const may = useMay();
  return (scopes) => scopes.every((scope) => may(NARROWED.exec(scope)?.[1] ?? scope));
};

const readScopes = async (): Promise<readonly string[]> =>
  (await call("GET /.well-known/oauth-protected-resource")).data.scopes_supported;

interface ScopeFieldsProps {
  chosen?: readonly string[];
  hint?: string;
}

/** Fields for the scopes of a service or an application; {@link chosenScopes} reads them. */
export const ScopeFields = ({
  chosen = [],
  hint = "As few as it needs. Its keys can never do more.",
}: ScopeFieldsProps): JSX.Element => {
  const known = useLoaded(readScopes);
  const holds = useHolds();
  // Who saves before it is known what can be offered changes none of them.
  if (known.value === undefined)
    return (
      <>
        {chosen.map((scope) => (
          <input key={scope} type="hidden" name="scopes" value={scope} />
        ))}
      </>
    );
  const offered = known.value.filter((scope) => chosen.includes(scope) || holds([scope]));
  const narrowed = chosen.filter((scope) => !offered.includes(scope));
  return (
    <>
      <Checks
        legend="Scopes"
        name="scopes"
        options={offered.map((scope) => [scope, scope] as const)}
        chosen={chosen}
        hint={hint}
      />
      <details open={narrowed.length > 0}>
        <summary>Only some secrets or transit keys</summary>
        <TextField
          label="Narrowed scopes, one in each line"
          name="narrowed"
          rows={3}
          defaultValue={narrowed.join("\n")}
          hint="Such as secrets:read:mail/* for all below a path, secrets:write:mail/password, or transit:use:orders"
        />
      </details>
    </>
  );
};

export const chosenScopes = ({ all, raw }: Values): string[] => [
  ...all("scopes"),
  ...raw("narrowed").split(/\s+/).filter(Boolean),
];

export const ScopeList = ({ scopes }: { scopes: readonly string[] }): JSX.Element => (
  <span>
    {scopes.map((scope, at) => (
      <>
        {at > 0 && " "}
        <code>{scope}</code>
      </>
    ))}
    {scopes.length === 0 && <span class="meta">none</span>}
  </span>
);
