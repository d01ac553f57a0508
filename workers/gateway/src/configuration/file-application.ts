/** Makes what is configured what the configuration file says. What is unchanged is neither written nor audited. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { upstreamBody } from "../upstreams/upstream.ts";
import { claimOf, conflictsIn, type FileObject, refusalsIn } from "./file.ts";
import { parseConfigurationFile } from "./file-schema.ts";
import { DELETE_ACTIONS, type ObjectsOptions, PUT_ACTIONS } from "./objects.ts";
import { createScopes } from "./scopes.ts";
import type { ObjectKey, StoredConfiguration, StoredObject } from "./stored.ts";

/** More processes do not start at once. */
const MAX_ATTEMPTS = 10;

/** In the audit trail it was the gateway itself, because of the file. */
const BY_FILE = { outcome: "success", actor: "worker:gateway", method: "configuration-file" } as const;

/** What has to be written. */
interface Plan {
  puts: readonly FileObject[];
  removals: readonly ObjectKey[];
}

const isSame = (one: ObjectKey, other: ObjectKey): boolean => one.kind === other.kind && one.name === other.name;

const isUpToDate = ({ source, body }: StoredObject, wanted: FileObject): boolean =>
  source === "file" && JSON.stringify(body) === JSON.stringify(wanted.body);

const planOf = (file: readonly FileObject[], stored: readonly StoredObject[]): Plan => ({
  puts: file.filter((wanted) => !stored.some((object) => isSame(object, wanted) && isUpToDate(object, wanted))),
  removals: stored
    .filter((object) => object.source === "file" && !file.some((wanted) => isSame(object, wanted)))
    .map(({ kind, name }) => ({ kind, name })),
});

/** Objects of the API that stay beside those of the file. */
const keptBeside = (file: readonly FileObject[], stored: readonly StoredObject[]): FileObject[] =>
  stored
    .filter((object) => object.source === "api" && !file.some((wanted) => isSame(object, wanted)))
    .map(({ kind, name, body }) => ({ kind, name, body: Object(body) }));

/** `changed`: something else was changed meanwhile, and nothing by this. */
type ApplicationFailure = "changed" | { kind: "invalid"; faults: readonly string[] };

export type ApplyFile = (given: unknown) => Promise<readonly string[]>;

/**
 * Applies a parsed file: all of it or nothing. Returns a line for each fault, none if it was applied. Objects of the API under
 * names in the file become the file's; the file's that it no longer has are deleted. Throws {@link Unavailable}.
 */
export const createFileApplication = ({
  store,
  kms,
  recorder,
  followed,
  targetRules,
  now,
}: ObjectsOptions): ApplyFile => {
  const scopes = createScopes({ store, kms });

  const declareAll = async (puts: readonly FileObject[]): Promise<string[]> => {
    const faults: string[] = [];
    for (const { kind, name, body } of puts) {
      if (kind !== "upstream") continue;
      const declared = await scopes.declare(name, upstreamBody.parse(body));
      if (declared.ok) continue;
      const { error } = declared;
      faults.push(
        error.kind === "scope-taken"
          ? `upstreams.${name}.scopes.${error.scope}: it belongs to the upstream ${error.owner}`
          : `upstreams.${name}.scopes: all upstreams together would have too many scopes`,
      );
    }
    return faults;
  };

  /** Records each change, and makes them all at once. */
  const writeAll = ({ puts, removals }: Plan, revision: number): Promise<boolean> => {
    const events = [
      ...puts.map(({ kind, name }) => ({ ...BY_FILE, action: PUT_ACTIONS[kind], target: name })),
      ...removals.map(({ kind, name }) => ({ ...BY_FILE, action: DELETE_ACTIONS[kind], target: name })),
    ];
    const writes = puts.map(({ kind, name, body }) => ({
      kind,
      name,
      body,
      claim: kind === "upstream" ? claimOf({ name, body: upstreamBody.parse(body) }) : null,
    }));
    return events.reduce<() => Promise<boolean>>(
      (make, event) => () => recorder.change(event, make),
      () => store.replace({ revision, writes, removals, nowMs: now() }),
    )();
  };

  /** Declares the scopes and writes everything. */
  const carryOut = async (plan: Plan, revision: number): Promise<Result<true, ApplicationFailure>> => {
    const faults = await declareAll(plan.puts);
    if (faults.length > 0) return failure("invalid", { faults });
    return (await writeAll(plan, revision)) ? success(true) : failure("changed");
  };

  const applyTo = async (
    { revision, objects }: StoredConfiguration,
    file: readonly FileObject[],
  ): Promise<Result<true, ApplicationFailure>> => {
    const conflicts = conflictsIn(file, keptBeside(file, objects));
    if (conflicts.length > 0) return failure("invalid", { faults: conflicts });
    const plan = planOf(file, objects);
    if (plan.puts.length + plan.removals.length === 0) return success(true);
    const carriedOut = await carryOut(plan, revision);
    for (const { kind, name } of [...plan.puts, ...plan.removals]) if (kind === "upstream") await scopes.settle(name);
    if (carriedOut.ok) followed.expire();
    return carriedOut;
  };

  return async (given) => {
    const { objects: file, faults } = parseConfigurationFile(given);
    const refused = [...faults, ...refusalsIn(file, targetRules)];
    if (refused.length > 0) return [...refused, ...conflictsIn(file, [])];
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const stored = await store.loadSince(undefined);
      if (stored === "unchanged") throw new Error("nothing is unchanged before the first load");
      const applied = await applyTo(stored, file);
      if (applied.ok) return [];
      if (applied.error.kind === "invalid") return applied.error.faults;
    }
    throw new Unavailable("the configuration is being changed all the time");
  };
};
