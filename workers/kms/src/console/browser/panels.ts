/** The kms's panels of the console. */
import type { Panel } from "#console";
import { Applications } from "./applications/applications.tsx";
import { Audit } from "./audit/audit.tsx";
import { People } from "./people/people.tsx";
import { Roles } from "./people/roles.tsx";
import { Secrets } from "./secrets/secrets.tsx";
import { Services } from "./services/services.tsx";
import { Signing } from "./signing/signing.tsx";

export const panels: readonly Panel[] = [
  { id: "audit", title: "Audit", group: "Now", order: 10, needs: ["audit:read"], View: Audit },
  { id: "people", title: "People", group: "Access", order: 10, needs: ["users:admin"], View: People },
  { id: "roles", title: "Roles", group: "Access", order: 20, needs: ["users:admin"], View: Roles },
  { id: "services", title: "Services and keys", group: "Access", order: 30, needs: ["keys:read"], View: Services },
  { id: "applications", title: "Applications", group: "Access", order: 25, needs: ["users:admin"], View: Applications },
  {
    id: "secrets",
    title: "Secrets",
    group: "Access",
    order: 40,
    needs: ["secrets:read", "transit:use"],
    View: Secrets,
  },
  { id: "signing", title: "Signing and root keys", group: "Access", order: 50, needs: ["keys:read"], View: Signing },
];
