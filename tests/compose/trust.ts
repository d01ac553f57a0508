/** Before each file of the Compose suite: trusts the authority that signed Caddy's certificate, besides the usual ones. */
import tls from "node:tls";
import { inject } from "vitest";

tls.setDefaultCACertificates([...tls.getCACertificates("default"), inject("rootCertificate")]);
