/** Secrets by their paths, and keys that encrypt for programs. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addressOf, Button, Empty, Link, navigate, type PanelProps, useLocation, useMay, View } from "#console";
import { SecretView } from "./secret.tsx";
import { TransitKeys } from "./transit.tsx";
import { addressOfSecret, SecretTree, usePaths } from "./tree.tsx";
import { WriteSecret } from "./write.tsx";

const TRANSIT = "transit";

const Tabs = ({ current }: { current: string }): JSX.Element | null => {
  const may = useMay();
  if (!may("secrets:read") || !may("transit:use")) return null;
  return (
    <nav class="tabs" aria-label="Secrets and transit keys">
      <Link to={addressOf("secrets")} current={current === ""}>
        Secrets
      </Link>
      <Link to={`${addressOf("secrets")}?view=${TRANSIT}`} current={current === TRANSIT}>
        Transit keys
      </Link>
    </nav>
  );
};

const Stored = ({ path }: { path: string }): JSX.Element => {
  const may = useMay();
  const prefix = useLocation().query.get("q") ?? "";
  const paths = usePaths(prefix);
  const [isWriting, setWriting] = useState(false);
  return (
    <View
      title="Secrets"
      lead="Passwords and tokens that programs read by their paths. Values are shown when you ask for them, and to no list."
      actions={
        may("secrets:write") && (
          <Button kind="main" onClick={() => setWriting(true)}>
            New secret
          </Button>
        )
      }
    >
      <Tabs current="" />
      <div class="split">
        <SecretTree
          paths={paths}
          current={path}
          prefix={prefix}
          onPrefix={(wanted) => navigate(addressOfSecret(path, wanted), { replace: true })}
        />
        <div>
          {path === "" ? (
            <Empty>
              {paths.items?.length === 0 && prefix === "" && may("secrets:write")
                ? "No secret yet. Store the first one: a password or token that your programs need."
                : "Choose a secret to see its versions."}
            </Empty>
          ) : (
            <SecretView key={path} path={path} onListed={paths.reload} />
          )}
        </div>
      </div>
      {isWriting && (
        <WriteSecret
          cas={0}
          onClose={(written) => {
            setWriting(false);
            if (written === undefined) return;
            paths.reload();
            navigate(addressOfSecret(written));
          }}
        />
      )}
    </View>
  );
};

const Transit = (): JSX.Element => <TransitKeys tabs={<Tabs current={TRANSIT} />} />;

export const Secrets = ({ rest }: PanelProps): JSX.Element => {
  const may = useMay();
  const view = useLocation().query.get("view");
  return view === TRANSIT || !may("secrets:read") ? <Transit /> : <Stored path={rest.join("/")} />;
};
