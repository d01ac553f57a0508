/** Verifies the chain in the browser, from its checkpoints. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  addressOf,
  Badge,
  Button,
  Choice,
  call,
  Failure,
  Form,
  Link,
  list,
  Progress,
  Section,
  saveFile,
  TextField,
  useAction,
  View,
} from "#console";
import { type ExportedCheckpoint, parseCheckpoints } from "../../../audit-proof/exported-entry.ts";
import { verifyTrail } from "./proof.ts";

type Verified = Awaited<ReturnType<typeof verifyTrail>>;

const HOUR_MS = 3_600_000;
const RANGES = [
  ["", "the beginning"],
  ["24", "a day ago"],
  ["168", "a week ago"],
  ["720", "30 days ago"],
] as const;

const saveCheckpoints = async (): Promise<void> => {
  const items: ExportedCheckpoint[] = [];
  for await (const checkpoint of list("GET /kms/audit/checkpoints", { query: { limit: 200 } })) items.push(checkpoint);
  saveFile("audit-checkpoints.json", new Blob([JSON.stringify(items)], { type: "application/json" }));
};

const readKept = (text: string): ExportedCheckpoint[] => {
  const kept = text === "" ? [] : parseCheckpoints(text);
  if (!kept) throw new Error("These are no checkpoints: paste the file that was saved here, or by the API, as it is.");
  return kept;
};

const Result = ({ verdict, published }: Verified): JSX.Element => {
  if (!verdict.valid)
    return (
      <div class="failure">
        <p>
          <Badge tone="bad">broken</Badge> {verdict.id === undefined ? `At line ${verdict.line}` : "At "}
          {verdict.id !== undefined && <Link to={addressOf("audit", String(verdict.id))}>entry {verdict.id}</Link>}:{" "}
          {verdict.reason}.
        </p>
        <p>Export the trail as it is, and keep it with the checkpoints that you have, before anything else.</p>
      </div>
    );
  const { firstId, lastId, checkpoints, kids } = verdict;
  return (
    <>
      <p>
        <Badge tone="good">valid</Badge> Entries {firstId} to {lastId}: nothing was changed, removed or inserted.
      </p>
      <dl>
        <dt>Checkpoints</dt>
        <dd>{checkpoints}</dd>
        <dt>Signed by</dt>
        <dd>
          {kids.map((kid) => (
            <p>
              <code>{kid}</code> {!published.includes(kid) && <Badge>published no more</Badge>}
            </p>
          ))}
        </dd>
      </dl>
    </>
  );
};

interface Counted {
  done: number;
  total: number;
}

export const Verify = (): JSX.Element => {
  const [progress, setProgress] = useState<Counted>();
  const [result, setResult] = useState<Verified>();
  const running = useRef<AbortController>(undefined);
  const save = useAction(saveCheckpoints, "Saved.");
  useEffect(() => () => running.current?.abort(), []);

  const verify = async (hours: string, kept: ExportedCheckpoint[]): Promise<void> => {
    setResult(undefined);
    const ended = new AbortController();
    running.current = ended;
    try {
      const { data } = await call("GET /kms/audit", { query: { limit: 1 }, signal: ended.signal });
      const newest = data.items[0]?.id ?? 0;
      setProgress({ done: 0, total: newest });
      const from = hours === "" ? undefined : new Date(Date.now() - Number(hours) * HOUR_MS).toISOString();
      const onProgress = (firstId: number, lastId: number): void =>
        setProgress({ done: lastId - firstId + 1, total: Math.max(newest, lastId) - firstId + 1 });
      setResult(await verifyTrail({ from, keptCheckpoints: kept, onProgress, signal: ended.signal }));
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    } finally {
      setProgress(undefined);
    }
  };

  return (
    <View title="Verify the audit chain" lead={<Link to={addressOf("audit")}>All entries</Link>}>
      <Section title="In this browser">
        <p>
          Each entry is linked to the one before by a hash, and signed checkpoints vouch for the links. Your browser
          gets the trail, computes every link itself, and checks the checkpoints by the keys that are published: it does
          not take the server's word.
        </p>
        <Form action="Verify" onSend={({ text }) => verify(text("hours"), readKept(text("kept")))}>
          <Choice name="hours" label="Since" options={RANGES} />
          <TextField
            name="kept"
            label="Checkpoints that you kept elsewhere"
            hint="They show whether the trail was put back to an earlier state. Leave it empty if you have none."
            rows={3}
          />
        </Form>
        {progress && (
          <>
            <Progress label="Entries verified" {...progress} />
            <Button onClick={() => running.current?.abort()}>Stop</Button>
          </>
        )}
        <div role="status">{result && <Result {...result} />}</div>
      </Section>
      <Section
        title="Checkpoints"
        actions={
          <Button isBusy={save.isBusy} onClick={() => void save.run()}>
            Save them
          </Button>
        }
      >
        <p>
          Save the checkpoints now and then where no one who runs this installation can change them. With them you can
          prove later that nothing was removed since.
        </p>
        <Failure error={save.error} />
      </Section>
    </View>
  );
};
