/** Services and their keys: those to look at first, then all. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addressOf, Button, call, Field, Link, navigate, type PanelProps, useLocation, useMay, View } from "#console";
import { ShownOnce } from "../once/shown-once.tsx";
import { VerifyKey } from "./key-dialogs.tsx";
import { KeyList, ServiceList } from "./overview.tsx";
import { chosenScopes, ScopeFields } from "./scopes.tsx";
import { RotateAfter, ServiceView } from "./service.tsx";

const NewService = ({ onClose }: { onClose: () => void }): JSX.Element => {
  const [made, setMade] = useState<string>();
  return (
    <ShownOnce
      title="New service"
      action="Create service"
      label="The secret of its webhook"
      advice="By it the receiver checks that a message is from Fountain (Standard Webhooks)."
      onClose={(isDone) => {
        onClose();
        if (isDone && made !== undefined) navigate(addressOf("services", made));
      }}
      onSend={async (values) => {
        const [name, days, webhookUrl] = [
          values.text("name"),
          values.text("rotateAfterDays"),
          values.text("webhookUrl"),
        ];
        const { data } = await call("POST /kms/services", {
          body: {
            name,
            scopes: chosenScopes(values),
            ...(days !== "" && { rotateAfterDays: Number(days) }),
            ...(webhookUrl !== "" && { webhookUrl }),
          },
        });
        if (data.webhookSecret === undefined) navigate(addressOf("services", name));
        setMade(name);
        return data.webhookSecret;
      }}
    >
      <Field
        name="name"
        label="Name"
        required
        autoFocus
        maxLength={64}
        pattern="[a-z][a-z0-9]*(-[a-z0-9]+)*"
        hint="Small letters and digits, in words joined by hyphens"
      />
      <ScopeFields />
      <RotateAfter />
      <Field name="webhookUrl" type="url" label="Webhook" hint="Hears of new keys and of leaked ones. Empty: none." />
    </ShownOnce>
  );
};

const VIEWS = [
  ["", "Services"],
  ["keys", "Keys of all services"],
] as const;

const Overview = (): JSX.Element => {
  const may = useMay();
  const view = useLocation().query.get("view") ?? "";
  const [opened, setOpened] = useState<"new" | "verify">();
  const close = (): void => setOpened(undefined);
  return (
    <View
      title="Services and keys"
      lead="A service is a program that calls Fountain with keys of its own. A key can do no more than its service."
      actions={
        <>
          <Button onClick={() => setOpened("verify")}>Check a key</Button>
          {may("keys:write") && (
            <Button kind="main" onClick={() => setOpened("new")}>
              New service
            </Button>
          )}
        </>
      }
    >
      <nav class="tabs" aria-label="Services and keys">
        {VIEWS.map(([id, title]) => (
          <Link to={addressOf("services") + (id && `?view=${id}`)} current={view === id}>
            {title}
          </Link>
        ))}
      </nav>
      {view === "keys" ? <KeyList /> : <ServiceList />}
      {opened === "new" && <NewService onClose={close} />}
      {opened === "verify" && <VerifyKey onClose={close} />}
    </View>
  );
};

export const Services = ({ rest }: PanelProps): JSX.Element => {
  const [name] = rest;
  return name === undefined ? <Overview /> : <ServiceView key={name} name={name} />;
};
