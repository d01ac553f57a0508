/** The builds of indexes, each held by one worker at a time. */
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { failure, success } from "#shared/lang/result.ts";
import {
  BUILD_STATES,
  type Build,
  type BuildProgress,
  type BuildStore,
  type Lease,
  RUNNING_STATES,
} from "../sync/build.ts";
import type * as schema from "./schema.ts";

/** So many builds that are removed are remembered. */
const REMEMBERED = 20;

const COLUMNS = `job_id AS jobId, engine, collection, schema_version AS schemaVersion, state, copied, total,
  copied_pk AS copiedPk, fed_seq AS syncedSeq, doubt_seq AS unconfirmedSeq, doubted_at AS unconfirmedAtMs, failure, started_at AS startedAtMs, finished_at AS finishedAtMs`;

const RUNNING = RUNNING_STATES.map((state) => `'${state}'`).join(", ");

/** The changes up to its beginning are in the documents that it copies. */
const BEGIN = `
  INSERT INTO builds (job_id, engine, collection, schema_version, state, copied, total, copied_pk, fed_seq, started_at, held_until)
  SELECT :jobId, :engine, :collection, :schemaVersion, 'copying', 0, (SELECT count(*) FROM documents), 0,
    (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'changes'), :startedAtMs, 0
  WHERE NOT EXISTS (SELECT 1 FROM builds WHERE engine = :engine AND state IN (${RUNNING}))
  RETURNING ${COLUMNS}`;

const FIND = `SELECT ${COLUMNS} FROM builds WHERE job_id = :jobId`;

const LIST = `SELECT ${COLUMNS} FROM builds WHERE engine = :engine ORDER BY started_at DESC, job_id DESC`;

const TAKE = `
  UPDATE builds SET holder = :holder, held_until = :untilMs
  WHERE job_id = :jobId AND (held_until <= :nowMs OR holder = :holder)
  RETURNING ${COLUMNS}`;

const ADVANCE = `
  UPDATE builds SET state = coalesce(:state, state), copied = coalesce(:copied, copied), copied_pk = coalesce(:copiedPk, copied_pk),
    fed_seq = coalesce(:syncedSeq, fed_seq), failure = coalesce(:failure, failure),
    finished_at = coalesce(:finishedAtMs, finished_at), held_until = :untilMs
  WHERE job_id = :jobId AND holder = :holder
  RETURNING job_id`;

const MARK_UNCONFIRMED = `
  UPDATE builds SET doubt_seq = min(coalesce(doubt_seq, :seq), :seq), doubted_at = :nowMs, held_until = 0
  WHERE job_id = :jobId AND holder = :holder`;

const RESEND_UNCONFIRMED = `
  UPDATE builds SET fed_seq = min(fed_seq, doubt_seq), doubt_seq = NULL, doubted_at = NULL
  WHERE job_id = :jobId AND doubted_at < :beforeMs`;

const RETIRE = `
  UPDATE builds SET state = 'retired' WHERE state = 'live' AND job_id <> :jobId
    AND EXISTS (SELECT 1 FROM builds AS next WHERE next.job_id = :jobId AND next.holder = :holder AND next.engine = builds.engine)`;

const GO_LIVE = `
  UPDATE builds SET state = 'live', finished_at = :nowMs, held_until = :untilMs
  WHERE job_id = :jobId AND holder = :holder RETURNING job_id`;

const MARK = "UPDATE builds SET state = :state WHERE job_id = :jobId";

const FORGET = `
  DELETE FROM builds WHERE state = 'removed' AND job_id NOT IN
    (SELECT job_id FROM builds WHERE state = 'removed' ORDER BY started_at DESC LIMIT ${REMEMBERED})`;

const ABANDON = `
  UPDATE builds SET state = CASE WHEN state = 'live' THEN 'retired' ELSE 'failed' END,
    failure = CASE WHEN state = 'live' THEN failure ELSE 'Another engine has taken over.' END, holder = NULL, held_until = 0
  WHERE engine = :engine AND state IN ('live', ${RUNNING})`;

const buildRow = z.object({
  jobId: z.string(),
  engine: z.enum(["libsql", "typesense"]),
  collection: z.string(),
  schemaVersion: z.string(),
  state: z.enum(BUILD_STATES),
  copied: z.number(),
  total: z.number(),
  copiedPk: z.number(),
  syncedSeq: z.number(),
  unconfirmedSeq: z.number().nullable(),
  unconfirmedAtMs: z.number().nullable(),
  failure: z.string().nullable(),
  startedAtMs: z.number(),
  finishedAtMs: z.number().nullable(),
});

const NOTHING = { state: null, copied: null, copiedPk: null, syncedSeq: null, failure: null, finishedAtMs: null };

const leaseArguments = ({ holder, untilMs }: Lease) => ({ holder, untilMs });

export const createBuildStore = ({ client }: Pick<Database<typeof schema>, "client">): BuildStore => {
  const run = async (sql: string, args: Record<string, string | number | null>): Promise<Build[]> => {
    const { rows } = await client.execute({ sql, args });
    return z.array(buildRow).parse(rows);
  };
  const changed = async (sql: string, args: Record<string, string | number | null>): Promise<boolean> =>
    (await client.execute({ sql, args })).rows.length > 0;

  return {
    begin: async (build) => {
      const [begun] = await run(BEGIN, { ...build });
      return begun ? success(begun) : failure("running");
    },
    find: async (jobId) => (await run(FIND, { jobId }))[0],
    list: (engine) => run(LIST, { engine }),
    take: async (jobId, { nowMs, ...lease }) => (await run(TAKE, { jobId, nowMs, ...lease }))[0],
    advance: (jobId, progress: BuildProgress, lease) =>
      changed(ADVANCE, { ...NOTHING, ...progress, jobId, ...leaseArguments(lease) }),
    markUnconfirmed: async (jobId, seq, { holder, nowMs }) => {
      await client.execute({ sql: MARK_UNCONFIRMED, args: { jobId, seq, holder, nowMs } });
    },
    resendUnconfirmed: async (jobId, beforeMs) => {
      await client.execute({ sql: RESEND_UNCONFIRMED, args: { jobId, beforeMs } });
    },
    goLive: async (jobId, lease) => {
      const [, live] = await client.batch(
        [
          { sql: RETIRE, args: { jobId, holder: lease.holder } },
          { sql: GO_LIVE, args: { jobId, nowMs: lease.nowMs, ...leaseArguments(lease) } },
        ],
        "write",
      );
      return (live?.rows.length ?? 0) > 0;
    },
    mark: async (jobId, state) => {
      await client.batch([{ sql: MARK, args: { jobId, state } }, FORGET], "write");
    },
    abandon: async (engine) => {
      await client.execute({ sql: ABANDON, args: { engine } });
    },
  };
};
