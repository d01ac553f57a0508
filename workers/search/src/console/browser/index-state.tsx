/** How the index is: its engine, its documents, a rebuild with its progress, and the credentials of a cluster. */
import type { JSX } from "preact";
import {
  addressOf,
  Badge,
  Confirm,
  call,
  Failure,
  navigate,
  notify,
  Progress,
  type Schemas,
  Section,
  Time,
  useEvery,
  useLoaded,
  useLocation,
  useMay,
} from "#console";
import { COLLECTION } from "./collection.tsx";

type Status = Schemas["search.SearchStatus"];

const POLL_SECONDS = 1;

const Job = ({ jobId, onEnd }: { jobId: string; onEnd: () => void }): JSX.Element => {
  const job = useLoaded(
    async (signal) =>
      (await call("GET /search/collections/{name}/reindex/{jobId}", { path: { ...COLLECTION, jobId }, signal })).data,
    [jobId],
  );
  const isRunning = job.value?.status === "running";
  useEvery(POLL_SECONDS, () => {
    if (!isRunning) return;
    job.reload();
    onEnd();
  });
  const { value } = job;
  return (
    <div role="status">
      <Failure error={job.error} />
      {value && (
        <>
          <Progress label="Documents copied" done={value.documents.copied} total={value.documents.total} />
          <p>
            <Badge tone={value.status === "failed" ? "bad" : value.status === "done" ? "good" : "plain"}>
              {value.status}
            </Badge>{" "}
            {value.failure ?? value.state}, begun <Time at={value.startedAt} />
          </p>
        </>
      )}
    </div>
  );
};

const Reindex = ({ reload }: { reload: () => void }): JSX.Element => {
  const jobId = useLocation().query.get("job");
  return (
    <Section
      title="Rebuild"
      actions={
        <Confirm
          label="Reindex"
          title="Rebuild the index?"
          kind="main"
          run={async () => {
            const { data } = await call("POST /search/collections/{name}/reindex", { path: COLLECTION });
            navigate(`${addressOf("search", "index")}?job=${encodeURIComponent(data.jobId)}`, { replace: true });
          }}
        >
          <p>All documents are indexed anew. Searches go on meanwhile, with the index as it was.</p>
        </Confirm>
      }
    >
      {jobId ? <Job jobId={jobId} onEnd={reload} /> : <p class="meta">Needed only when something is wrong with it.</p>}
    </Section>
  );
};

const Credentials = (): JSX.Element => (
  <Section
    title="Credentials of the cluster"
    actions={
      <Confirm
        label="Rotate"
        title="Rotate the API key of the Typesense cluster?"
        run={async () => {
          const { data } = await call("POST /search/credentials/rotate");
          notify(`The new key is number ${data.keyId}.`);
        }}
      >
        <p>A new key is made and used from now on. The former one is deleted once no process uses it any more.</p>
      </Confirm>
    }
  >
    <p>No one sees the key: it is kept with the other secrets.</p>
  </Section>
);

export const Index = ({ status, reload }: { status: Status; reload: () => void }): JSX.Element => {
  const may = useMay();
  const isCluster = status.engine === "typesense";
  return (
    <>
      <div class="tiles">
        <div class="tile">
          <b>{isCluster ? "Typesense" : "Embedded"}</b>
          <span class="meta">engine</span>{" "}
          <Badge tone={status.healthy ? "good" : "bad"}>{status.healthy ? "healthy" : "unhealthy"}</Badge>
        </div>
        <div class="tile">
          <b>{status.documents}</b>
          <span class="meta">documents in the collection {COLLECTION.name}</span>
        </div>
        <div class="tile">
          <b>{status.lagSeconds} s</b>
          <span class="meta">behind what was stored</span>
        </div>
      </div>
      {status.nodes.length > 0 && (
        <Section title="Nodes">
          <ul class="plain">
            {status.nodes.map(({ url, healthy }) => (
              <li>
                <code>{url}</code>{" "}
                <Badge tone={healthy ? "good" : "bad"}>{healthy ? "healthy" : "does not respond"}</Badge>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {may("search:write") && <Reindex reload={reload} />}
      {isCluster && may("keys:write") && <Credentials />}
    </>
  );
};
