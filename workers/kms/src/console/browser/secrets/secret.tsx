/** One secret: its versions, and their values for those who ask. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  Badge,
  Button,
  Choice,
  Confirm,
  CopyButton,
  call,
  Failure,
  Form,
  Loading,
  notify,
  type Schemas,
  Section,
  Table,
  Time,
  type Tone,
  useAction,
  useLoaded,
  useMay,
} from "#console";
import { ShownOnce } from "../once/shown-once.tsx";
import { compareLines } from "./line-diff.ts";
import { SHOWN_SECONDS, useShown } from "./shown.ts";
import { WriteSecret } from "./write.tsx";

type Version = Schemas["kms.SecretHistory"]["versions"][number];

const TONES: Record<Version["state"], Tone> = { readable: "good", deleted: "warn", destroyed: "plain" };

type Shown = { version: number; value: string } | { before: number; after: number; values: [string, string] };

const readValue = async (path: string, version: number): Promise<string> =>
  (await call("GET /kms/secrets/{path}", { path: { path }, query: { version } })).data.value;

const SIGNS = { same: "  ", removed: "− ", added: "+ " };

const Difference = ({ values: [before, after] }: { values: [string, string] }): JSX.Element => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard.
  <pre tabIndex={0}>
    {compareLines(before, after).map(({ kind, text }) => (
      <span class={kind}>{`${SIGNS[kind]}${text}\n`}</span>
    ))}
  </pre>
);

const ShownPart = ({ shown, onHide }: { shown: Shown; onHide: () => void }): JSX.Element => (
  <Section
    title={"value" in shown ? `Version ${shown.version}` : `From version ${shown.before} to ${shown.after}`}
    actions={<Button onClick={onHide}>Hide</Button>}
  >
    {"value" in shown ? (
      <>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard. */}
        <pre tabIndex={0}>{shown.value}</pre>
        <CopyButton text={shown.value} />
      </>
    ) : shown.values[0] === shown.values[1] ? (
      <p>They are the same.</p>
    ) : (
      <Difference values={shown.values} />
    )}
    <p class="meta">It is hidden again after {SHOWN_SECONDS} seconds, or when you leave this page.</p>
  </Section>
);

interface VersionsProps {
  path: string;
  versions: readonly Version[];
  onShow: (shown: Shown) => void;
  onChange: () => void;
}

const VersionTable = ({ path, versions, onShow, onChange }: VersionsProps): JSX.Element => {
  const mayWrite = useMay()("secrets:write");
  const show = useAction(async (version: number) => onShow({ version, value: await readValue(path, version) }));
  const compare = useAction(async (before: number, after: number) =>
    onShow({ before, after, values: [await readValue(path, before), await readValue(path, after)] }),
  );
  const latest = versions[0]?.version ?? 0;
  const readable = versions.filter(({ state }) => state === "readable").map(({ version }) => version);
  return (
    <>
      <Table
        label={`Versions of ${path}`}
        rows={versions}
        keyOf={({ version }) => String(version)}
        columns={[
          { title: "Version", cell: ({ version }) => <strong>{version}</strong> },
          {
            title: "State",
            cell: ({ version, state, deletedAt }) => (
              <>
                <Badge tone={TONES[state]}>{state}</Badge> {version === latest && <Badge>latest</Badge>}{" "}
                {state === "deleted" && <Time at={deletedAt} />}
              </>
            ),
          },
          { title: "Stored", cell: ({ createdAt }) => <Time at={createdAt} /> },
          {
            title: "",
            cell: ({ version, state }) => (
              <span class="actions">
                {state === "readable" && (
                  <Button kind="quiet" isBusy={show.isBusy} onClick={() => void show.run(version)}>
                    Show
                  </Button>
                )}
                {mayWrite && state === "readable" && version !== latest && (
                  <Confirm
                    label="Restore"
                    title={`Store version ${version} of ${path} again?`}
                    kind="main"
                    run={async () => {
                      const value = await readValue(path, version);
                      await call("PUT /kms/secrets/{path}", { path: { path }, body: { value, cas: latest } });
                      notify(`Version ${version} is stored again, as version ${latest + 1}.`);
                      onChange();
                    }}
                  >
                    <p>
                      It becomes version {latest + 1}, which programs get from then on. Nothing else changes; of more
                      than ten versions the oldest is destroyed.
                    </p>
                  </Confirm>
                )}
                {mayWrite && state === "deleted" && (
                  <Confirm
                    label="Undelete"
                    title={`Undelete version ${version} of ${path}?`}
                    kind="main"
                    run={async () => {
                      await call("POST /kms/secrets/{path}/undelete", {
                        path: { path },
                        body: { versions: [version] },
                      });
                      notify(`Version ${version} can be read again.`);
                      onChange();
                    }}
                  >
                    <p>It can be read again by all who may read this secret.</p>
                  </Confirm>
                )}
                {mayWrite && state !== "destroyed" && (
                  <Confirm
                    label="Destroy"
                    title={`Destroy version ${version} of ${path} for good?`}
                    run={async () => {
                      await call("POST /kms/secrets/{path}/destroy", { path: { path }, body: { versions: [version] } });
                      notify(`Version ${version} is destroyed.`);
                      onChange();
                    }}
                  >
                    <p>Its value and the key that it is encrypted with are erased. No one can bring it back.</p>
                  </Confirm>
                )}
              </span>
            ),
          },
        ]}
      />
      <Failure error={show.error} />
      {readable.length > 1 && (
        <Form
          key={readable.join()}
          action="Compare"
          layout="row"
          onSend={({ text }) => compare.run(Number(text("before")), Number(text("after")))}
        >
          <Choice
            name="before"
            label="From version"
            options={readable.map((version) => [String(version), String(version)] as const)}
            defaultValue={String(readable[1])}
          />
          <Choice
            name="after"
            label="To version"
            options={readable.map((version) => [String(version), String(version)] as const)}
            defaultValue={String(readable[0])}
          />
        </Form>
      )}
      <Failure error={compare.error} />
    </>
  );
};

const LIFETIMES = [
  ["600", "10 minutes"],
  ["3600", "1 hour"],
  ["86400", "1 day"],
] as const;

const HandOver = ({ path, onClose }: { path: string; onClose: () => void }): JSX.Element => (
  <ShownOnce
    title={`Hand ${path} over`}
    action="Make the token"
    label="The wrapping token"
    advice={
      <>
        Who has it can read the latest version once, by <code>POST /kms/secrets/unwrap</code> with any credential. If it
        is refused, someone else has used it.
      </>
    }
    onClose={onClose}
    onSend={async ({ text }) => {
      const body = { path, ttlSeconds: Number(text("ttlSeconds")) };
      return (await call("POST /kms/secrets/wrap", { body })).data.token;
    }}
  >
    <p>A token that opens this secret once, for someone or something that may not read it otherwise.</p>
    <Choice name="ttlSeconds" label="It works for" options={LIFETIMES} defaultValue="3600" />
  </ShownOnce>
);

interface SecretViewProps {
  path: string;
  /** The path is in the list from now on, or no more. */
  onListed: () => void;
}

export const SecretView = ({ path, onListed }: SecretViewProps): JSX.Element => {
  const mayWrite = useMay()("secrets:write");
  const loaded = useLoaded(() => call("GET /kms/secret-versions/{path}", { path: { path } }), [path]);
  const [shown, show] = useShown<Shown>();
  const [opened, setOpened] = useState<"write" | "hand-over">();
  const versions = loaded.value?.data.versions;
  const latest = versions?.[0];
  const change = (): void => {
    show(undefined);
    loaded.reload();
    onListed();
  };
  return (
    <>
      <Section
        title={path}
        actions={
          mayWrite &&
          latest && (
            <>
              {latest.state === "readable" && (
                <>
                  <Button kind="quiet" onClick={() => setOpened("hand-over")}>
                    Hand over
                  </Button>
                  <Confirm
                    label="Delete"
                    title={`Delete ${path}?`}
                    run={async () => {
                      await call("DELETE /kms/secrets/{path}", { path: { path } });
                      notify(`${path} is deleted, and can be restored here.`);
                      change();
                    }}
                  >
                    <p>
                      Programs that read it get an error from now on. Its latest version can be restored, as long as you
                      know the path: it is not listed any more.
                    </p>
                  </Confirm>
                </>
              )}
              <Button onClick={() => setOpened("write")}>New version</Button>
            </>
          )
        }
      >
        <Loading of={loaded} isThere={versions !== undefined}>
          {versions && <VersionTable path={path} versions={versions} onShow={show} onChange={change} />}
        </Loading>
      </Section>
      {shown && <ShownPart shown={shown} onHide={() => show(undefined)} />}
      {opened === "hand-over" && <HandOver path={path} onClose={() => setOpened(undefined)} />}
      {opened === "write" && latest && (
        <WriteSecret
          path={path}
          cas={latest.version}
          onClose={(written) => {
            setOpened(undefined);
            if (written !== undefined) change();
          }}
        />
      )}
    </>
  );
};
