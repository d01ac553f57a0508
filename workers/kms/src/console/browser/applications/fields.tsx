/** What an application is registered with, and changed in. */
import type { JSX } from "preact";
import { Checks, Field, type Schemas, TextField, type Values } from "#console";
import { chosenScopes, ScopeFields } from "../services/scopes.tsx";

type Client = Schemas["kms.Client"];

const TRUSTED = "trusted";

const lines = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** `undefined`: a new one. */
export const ApplicationFields = ({ client }: { client: Client | undefined }): JSX.Element => (
  <>
    <Field
      name="name"
      label="Name"
      required
      defaultValue={client?.name ?? ""}
      hint="People see it when they log in to the application"
    />
    <TextField
      name="redirectUris"
      label="Redirect URIs, one in each line"
      rows={3}
      required
      defaultValue={client?.redirectUris.join("\n") ?? ""}
      hint="Where people are sent back to after the login, such as https://notes.example.org/callback; compared character by character"
    />
    <TextField
      name="postLogoutRedirectUris"
      label="After the logout, one in each line (may be left empty)"
      rows={2}
      defaultValue={client?.postLogoutRedirectUris.join("\n") ?? ""}
    />
    <ScopeFields
      chosen={client?.scopes ?? []}
      hint="What it may ask people for, beside who they are: none, unless it calls services in their name."
    />
    <Checks
      legend="Consent"
      name="trusted"
      options={[[TRUSTED, "It is our own: do not ask people whether they agree"]]}
      chosen={client?.trusted ? [TRUSTED] : []}
    />
  </>
);

export const applicationIn = (values: Values) => ({
  name: values.text("name"),
  redirectUris: lines(values.raw("redirectUris")),
  postLogoutRedirectUris: lines(values.raw("postLogoutRedirectUris")),
  scopes: chosenScopes(values),
  trusted: values.all("trusted").length > 0,
});
