/** What it takes to measure another gateway. */
import type { PeerProcess } from "./process.ts";

export interface PeerSite {
  port: number;
  /** A service that does nothing. */
  upstreamPort: number;
  /** Responds 204 to a good token. */
  verifierPort: number;
  secret: string;
}

export interface Peer {
  name: string;
  /** Of Debian. */
  packages: readonly string[];
  start(site: PeerSite): Promise<PeerProcess>;
}
