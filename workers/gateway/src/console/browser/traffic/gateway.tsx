/** What the gateway is configured with: services behind it, limits and policies. */
import type { JSX } from "preact";
import { Button, Link, navigate, type PanelProps, useLocation, useMay, View } from "#console";
import { Editor, type Fields } from "../configured/editor.tsx";
import { KINDS, type Kind, placeOf, TITLES } from "../configured/objects.ts";
import { LIMIT_FIELDS, LimitList, LimitPage } from "./limits.tsx";
import { POLICY_FIELDS, PolicyList, PolicyPage } from "./policies.tsx";
import { UpstreamPage } from "./upstream.tsx";
import { UPSTREAM_FIELDS } from "./upstream-fields.tsx";
import { UpstreamList } from "./upstreams.tsx";

const VIEWS: Record<Kind, { List: () => JSX.Element; One: (props: { name: string }) => JSX.Element; fields: Fields }> =
  {
    upstreams: { List: UpstreamList, One: UpstreamPage, fields: UPSTREAM_FIELDS },
    limits: { List: LimitList, One: LimitPage, fields: LIMIT_FIELDS },
    policies: { List: PolicyList, One: PolicyPage, fields: POLICY_FIELDS },
  };

const All = ({ kind }: { kind: Kind }): JSX.Element => {
  const may = useMay();
  const isNew = useLocation().query.has("new") && may("gateway:write");
  const { List, fields } = VIEWS[kind];
  return (
    <View
      title="Gateway"
      lead="Services behind the gateway, how many calls are allowed, and who may make them."
      actions={
        may("gateway:write") && (
          <Button kind="main" onClick={() => navigate(`${placeOf(kind)}?new`)}>
            New {TITLES[kind].one}
          </Button>
        )
      }
    >
      <nav class="tabs" aria-label="Gateway">
        {KINDS.map((one) => (
          <Link to={placeOf(one)} current={one === kind}>
            {TITLES[one].all}
          </Link>
        ))}
      </nav>
      <List key={kind} />
      {isNew && (
        <Editor
          kind={kind}
          fields={fields}
          name={undefined}
          onClose={() => navigate(placeOf(kind), { replace: true })}
          onDone={(name) => navigate(placeOf(kind, name), { replace: true })}
        />
      )}
    </View>
  );
};

export const Gateway = ({ rest: [first, name] }: PanelProps): JSX.Element => {
  const kind = KINDS.find((one) => one === first) ?? "upstreams";
  const { One } = VIEWS[kind];
  return name === undefined ? <All kind={kind} /> : <One key={name} name={name} />;
};
