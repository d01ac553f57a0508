/** What the tests' gateways say of themselves. */
import type { GatewayServices } from "../../../workers/gateway/src/composition/services.ts";

type Described = Pick<
  GatewayServices,
  "installation" | "registration" | "signInMethods" | "securityContacts" | "relayedHeaders"
>;

export const INSTALLATION: Described = {
  installation: { name: "Fountain", language: "en", documents: [] },
  registration: "closed",
  signInMethods: new Set(["password", "passkey"]),
  securityContacts: [],
  relayedHeaders: [],
};
