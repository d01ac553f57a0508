/** One service: what it may do, its keys, its webhook, how much it calls. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Badge,
  Button,
  Confirm,
  call,
  Dialog,
  Field,
  Form,
  Link,
  ListTable,
  Loading,
  navigate,
  notify,
  type Schemas,
  Section,
  Time,
  useList,
  useLoaded,
  useMay,
  View,
} from "#console";
import { ShownOnce } from "../once/shown-once.tsx";
import { NewKey } from "./key-dialogs.tsx";
import { keyColumns } from "./keys.tsx";
import { chosenScopes, ScopeFields, ScopeList, useHolds } from "./scopes.tsx";
import { Usage } from "./usage.tsx";

type Service = Schemas["kms.Service"];

interface DialogProps {
  service: Service;
  onClose: (isDone: boolean) => void;
}

export const RotateAfter = ({ days = null }: { days?: number | null }): JSX.Element => (
  <Field
    name="rotateAfterDays"
    label="Rotate its keys after so many days"
    type="number"
    min={1}
    max={3_650}
    defaultValue={days === null ? "" : String(days)}
    hint="New keys are sent to its webhook. Empty: keys grow as old as they like."
  />
);

const ChangeService = ({ service, onClose }: DialogProps): JSX.Element => (
  <Dialog title={`Change ${service.name}`} onClose={() => onClose(false)}>
    <Form
      action="Save"
      onCancel={() => onClose(false)}
      onSend={async (values) => {
        const days = values.text("rotateAfterDays");
        await call("PATCH /kms/services/{name}", {
          path: { name: service.name },
          body: { scopes: chosenScopes(values), rotateAfterDays: days === "" ? null : Number(days) },
        });
        notify("Saved. What was taken away, its keys lose within five seconds.");
        onClose(true);
      }}
    >
      <ScopeFields chosen={service.scopes} />
      <RotateAfter days={service.rotateAfterDays} />
    </Form>
  </Dialog>
);

const SetWebhook = ({ service, onClose }: DialogProps): JSX.Element => (
  <ShownOnce
    title={`Webhook of ${service.name}`}
    action="Save"
    label="The secret of the webhook"
    advice="By it the receiver checks that a message is from Fountain (Standard Webhooks)."
    onClose={onClose}
    onSend={async ({ text }) => {
      const path = { name: service.name };
      return (await call("PUT /kms/services/{name}/webhook", { path, body: { url: text("url") } })).data.secret;
    }}
  >
    <Field
      name="url"
      type="url"
      label="Address"
      required
      defaultValue={service.webhookUrl ?? ""}
      placeholder="https://films.example.com/fountain"
      hint="It hears of new keys and of leaked ones. Saving also makes a new secret: the former one ends."
    />
  </ShownOnce>
);

const DIALOGS = { key: NewKey, change: ChangeService, webhook: SetWebhook } satisfies Record<
  string,
  (props: DialogProps) => JSX.Element
>;

const Facts = ({ service }: { service: Service }): JSX.Element => (
  <dl>
    <dt>Scopes</dt>
    <dd>
      <ScopeList scopes={service.scopes} />
    </dd>
    <dt>Created</dt>
    <dd>
      <Time at={service.createdAt} />
    </dd>
    <dt>Rotation</dt>
    <dd>
      {service.rotateAfterDays === null ? "only by hand" : `by itself after ${service.rotateAfterDays} days`}{" "}
      {service.rotationBlocked && <Badge tone="warn">not without a webhook</Badge>}
    </dd>
    <dt>Webhook</dt>
    <dd>{service.webhookUrl ?? <span class="meta">none</span>}</dd>
  </dl>
);

export const ServiceView = ({ name }: { name: string }): JSX.Element => {
  const loaded = useLoaded(() => call("GET /kms/services/{name}", { path: { name } }), [name]);
  const keys = useList("GET /kms/keys/{service}", { path: { service: name }, query: { limit: 50 } });
  const may = useMay();
  const holds = useHolds();
  const [opened, setOpened] = useState<keyof typeof DIALOGS>();
  const service = loaded.value?.data;
  const Opened = opened && DIALOGS[opened];
  const mayChange = may("keys:write") && service !== undefined && holds(service.scopes);
  return (
    <View
      title={name}
      lead={<Link to={addressOf("services")}>All services</Link>}
      actions={
        may("keys:write") &&
        service && (
          <>
            {mayChange && (
              <>
                <Button onClick={() => setOpened("change")}>Change</Button>
                <Confirm
                  label="Delete"
                  title={`Delete ${name} and all its keys?`}
                  run={async () => {
                    await call("DELETE /kms/services/{name}", { path: { name } });
                    notify(`${name} is deleted.`);
                    navigate(addressOf("services"), { replace: true });
                  }}
                >
                  <p>All its keys and tokens are refused within five seconds. This cannot be undone.</p>
                </Confirm>
              </>
            )}
            <Button kind="main" onClick={() => setOpened("key")}>
              New key
            </Button>
          </>
        )
      }
    >
      <Loading of={loaded} isThere={service !== undefined}>
        {service && (
          <>
            <div class="columns">
              <Section
                title="Service"
                actions={
                  mayChange && (
                    <>
                      <Button kind="quiet" onClick={() => setOpened("webhook")}>
                        {service.webhookUrl === null ? "Set a webhook" : "Change the webhook"}
                      </Button>
                      {service.webhookUrl !== null && (
                        <Confirm
                          label="Remove the webhook"
                          title={`Remove the webhook of ${name}?`}
                          run={async () => {
                            await call("DELETE /kms/services/{name}/webhook", { path: { name } });
                            loaded.reload();
                          }}
                        >
                          <p>It hears no more of new or leaked keys, and its keys are not rotated by themselves.</p>
                        </Confirm>
                      )}
                    </>
                  )
                }
              >
                <Facts service={service} />
              </Section>
              <Usage service={name} />
            </div>
            <Section title="Keys">
              <ListTable
                label={`Keys of ${name}`}
                list={keys}
                keyOf={({ id }) => id}
                columns={keyColumns(keys.reload, service)}
                empty={may("keys:write") ? "No key yet: make one above, and give it to the program." : "No key yet."}
              />
            </Section>
            {Opened && (
              <Opened
                service={service}
                onClose={(isDone) => {
                  setOpened(undefined);
                  if (!isDone) return;
                  loaded.reload();
                  keys.reload();
                }}
              />
            )}
          </>
        )}
      </Loading>
    </View>
  );
};
