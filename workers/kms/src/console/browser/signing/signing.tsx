/** The keys that sign tokens, and the root key that everything is encrypted under. */
import type { JSX } from "preact";
import {
  Badge,
  type Column,
  Confirm,
  call,
  ListTable,
  Loading,
  notify,
  type Schemas,
  Section,
  Time,
  type Tone,
  useEvery,
  useList,
  useLoaded,
  useMay,
  View,
} from "#console";

type SigningKey = Schemas["kms.SigningKey"];
type Purpose = SigningKey["purpose"];

const TONES: Record<SigningKey["state"], Tone> = { next: "plain", current: "good", retiring: "warn", revoked: "bad" };

const MEANINGS: Record<SigningKey["state"], string> = {
  next: "published, and signs after the next rotation",
  current: "signs",
  retiring: "signs no more; what it has signed stays valid until it expires",
  revoked: "what it has signed is refused",
};

const PURPOSES: Record<Purpose, string> = { "access-token": "access tokens", "id-token": "ID tokens" };

const Revoke = ({ signingKey, onChange }: { signingKey: SigningKey; onChange: () => void }): JSX.Element => {
  const { kid, purpose, state } = signingKey;
  return (
    <Confirm
      label="Revoke"
      title={`Revoke the signing key ${kid}?`}
      run={async () => {
        await call("POST /kms/signing-keys/{kid}/revoke", { path: { kid } });
        notify("The key is revoked.");
        onChange();
      }}
    >
      <p>
        For an emergency: the private key is known to someone else. All {PURPOSES[purpose]} that it has signed are
        refused within five seconds{state === "current" && ", and another key signs at once"}.
        {purpose === "access-token" &&
          state !== "next" &&
          " Clients have to get new tokens, which they do by themselves."}
      </p>
    </Confirm>
  );
};

const Rotate = ({ purpose, onChange }: { purpose: Purpose; onChange: () => void }): JSX.Element => (
  <Confirm
    label={`Rotate the key of ${PURPOSES[purpose]}`}
    action="Rotate"
    title={`Rotate the key that signs ${PURPOSES[purpose]}?`}
    kind="main"
    run={async () => {
      await call("POST /kms/signing-keys/rotate", { query: { purpose } });
      notify("Rotated: the next key signs once it has been published for two minutes.");
      onChange();
    }}
  >
    <p>
      The next key signs, once it has been published for two minutes, and another next one is made. No one has to log in
      again: tokens stay valid until they expire.
    </p>
  </Confirm>
);

const SigningKeys = (): JSX.Element => {
  const keys = useList("GET /kms/signing-keys");
  const mayWrite = useMay()("keys:write");
  const items = keys.items ?? [];
  const purposes = [...new Set(items.map(({ purpose }) => purpose))];
  const columns: Column<SigningKey>[] = [
    { title: "Key", cell: ({ kid }) => <code>{kid}</code> },
    { title: "Signs", cell: ({ purpose }) => PURPOSES[purpose] },
    {
      title: "State",
      cell: ({ state }) => (
        <>
          <Badge tone={TONES[state]}>{state}</Badge> <span class="meta">{MEANINGS[state]}</span>
        </>
      ),
    },
    { title: "Algorithm", cell: ({ algorithm }) => algorithm },
    { title: "Made", cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      title: "Signing",
      cell: ({ activatedAt, endedAt, publishedUntil }) => (
        <>
          {activatedAt ? "since " : null}
          <Time at={activatedAt} never="not yet" />
          {endedAt && (
            <>
              , until <Time at={endedAt} />
            </>
          )}
          {publishedUntil && (
            <span class="meta">
              {" "}
              (published until <Time at={publishedUntil} />)
            </span>
          )}
        </>
      ),
    },
    {
      title: "",
      cell: (signingKey) =>
        mayWrite &&
        signingKey.state !== "revoked" && (
          <span class="actions">
            <Revoke signingKey={signingKey} onChange={keys.reload} />
          </span>
        ),
    },
  ];
  return (
    <Section
      title="Signing keys"
      actions={mayWrite && purposes.map((purpose) => <Rotate purpose={purpose} onChange={keys.reload} />)}
    >
      <p class="meta">
        They sign tokens, and can be checked by their public parts at{" "}
        <a href="/.well-known/jwks.json">/.well-known/jwks.json</a>.
      </p>
      <ListTable label="Signing keys" list={keys} keyOf={({ kid }) => kid} columns={columns} />
    </Section>
  );
};

const POLLED_SECONDS = 10;

const RootKey = (): JSX.Element => {
  const loaded = useLoaded(() => call("GET /kms/root-key"));
  const mayWrite = useMay()("keys:write");
  const rootKey = loaded.value?.data;
  useEvery(POLLED_SECONDS, () => {
    if (rootKey && rootKey.remaining > 0) loaded.reload();
  });
  return (
    <Section
      title="Root key"
      actions={
        mayWrite &&
        rootKey && (
          <Confirm
            label="Rotate the root key"
            action="Rotate"
            title="Rotate the root key?"
            kind="main"
            run={async () => {
              await call("POST /kms/root-key/rotate");
              notify("Rotated.");
              loaded.reload();
            }}
          >
            <p>
              Do this when a copy of the database may have leaked, or once a year. All data keys are wrapped anew,
              without downtime; with many this goes on in the background. Values do not change.
            </p>
            <p>
              The setting SECRET_KEY is another matter: it is <a href="/docs">changed in the settings</a>, then rotated
              here.
            </p>
          </Confirm>
        )
      }
    >
      <p class="meta">Everything that is stored encrypted is protected by it, key by key.</p>
      <Loading of={loaded} isThere={rootKey !== undefined}>
        {rootKey && (
          <dl>
            <dt>Version</dt>
            <dd>{rootKey.version}</dd>
            <dt>Made</dt>
            <dd>
              <Time at={rootKey.createdAt} />
            </dd>
            <dt>Rotation</dt>
            <dd>
              {rootKey.remaining === 0 ? (
                <Badge tone="good">complete</Badge>
              ) : (
                <>
                  <Badge tone="warn">under way</Badge> {rootKey.remaining.toLocaleString("en")} data keys are left to
                  wrap anew
                </>
              )}
            </dd>
            {rootKey.older.map(({ version, createdAt, dataKeys }) => (
              <>
                <dt>Version {version}</dt>
                <dd>
                  made <Time at={createdAt} />, still protects {dataKeys.toLocaleString("en")} data keys
                </dd>
              </>
            ))}
          </dl>
        )}
      </Loading>
    </Section>
  );
};

export const Signing = (): JSX.Element => (
  <View
    title="Signing and root keys"
    lead="Fountain rotates nothing of this by itself. Rotating harms no one, and limits what a lost key is worth."
  >
    <SigningKeys />
    <RootKey />
  </View>
);
