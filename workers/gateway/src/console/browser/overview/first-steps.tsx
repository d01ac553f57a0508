/** What to do first with an installation in which nothing was done yet. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addressOf, Badge, Button, call, PanelLink, Section, useLoaded, useMay } from "#console";
import { ACCOUNT } from "./findings.ts";

interface Step {
  needs: string;
  title: string;
  why: string;
  to: string;
  isDone: (signal: AbortSignal) => Promise<boolean>;
}

const STEPS: readonly Step[] = [
  {
    needs: "users:admin",
    title: "Enrol a second factor",
    why: "Most of what administrators do needs one.",
    to: ACCOUNT,
    isDone: async (signal) => {
      const { data } = await call("GET /twofa/factors", { signal });
      return data.items.some(({ confirmedAt, disabledAt }) => confirmedAt && !disabledAt);
    },
  },
  {
    needs: "gateway:write",
    title: "Put a service behind the gateway",
    why: "Its callers are known before it is called.",
    to: `${addressOf("gateway", "upstreams")}?new`,
    isDone: async (signal) => {
      const { data } = await call("GET /gateway/upstreams", { query: { limit: 1 }, signal });
      return data.items.length > 0;
    },
  },
  {
    needs: "keys:write",
    title: "Create a service and its API key",
    why: "By it your programs say who they are.",
    to: addressOf("services"),
    isDone: async (signal) => {
      const { data } = await call("GET /kms/services", { query: { limit: 1 }, signal });
      return data.items.length > 0;
    },
  },
  {
    needs: "users:admin",
    title: "Invite someone",
    why: "An installation should have two who can help each other in.",
    to: addressOf("people"),
    isDone: async (signal) => {
      const [users, invitations] = await Promise.all([
        call("GET /kms/users", { query: { limit: 2 }, signal }),
        call("GET /kms/invitations", { query: { limit: 1 }, signal }),
      ]);
      return users.data.items.length > 1 || invitations.data.items.length > 0;
    },
  },
];

/** An installation in which so few are to do is no longer empty: not everyone needs all of them. */
const FEW = 1;

/** Nothing once most is done, where the person may do none of it, and where they do not want to see it. */
export const FirstSteps = (): JSX.Element | null => {
  const may = useMay();
  const [hidden, setHidden] = useState(false);
  const steps = STEPS.filter(({ needs }) => may(needs));
  const done = useLoaded((signal) =>
    hidden ? Promise.resolve([]) : Promise.all(steps.map(({ isDone }) => isDone(signal).catch(() => true))),
  );
  if (hidden || done.value === undefined || done.value.filter((isDone) => !isDone).length <= FEW) return null;
  return (
    <Section
      title="First steps"
      actions={
        <Button kind="quiet" onClick={() => setHidden(true)}>
          Hide
        </Button>
      }
    >
      <ol class="plain rows">
        {steps.map(({ title, why, to }, at) => (
          <li>
            <Badge tone={done.value?.[at] ? "good" : "plain"}>{done.value?.[at] ? "done" : "to do"}</Badge>
            {to === ACCOUNT ? (
              <a href={to}>{title}</a>
            ) : (
              <PanelLink to={to} otherwise={title}>
                {title}
              </PanelLink>
            )}
            <span class="meta">{why}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
};
