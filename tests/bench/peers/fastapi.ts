/** The gateway that many teams write first, in Python: gateway.py. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { TOKEN_AUDIENCE } from "../../../shared/contracts/access-token.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./process.ts";

const PROGRAM = path.join(import.meta.dirname, "gateway.py");

export const fastapi: Peer = {
  name: "FastAPI, HS256, httpx",
  packages: ["python3-fastapi", "uvicorn", "python3-jose", "python3-httpx"],
  start: ({ port, upstreamPort, secret }) =>
    startPeer({
      port,
      config: { name: "gateway.py", text: () => readFileSync(PROGRAM, "utf8") },
      command: () => ["uvicorn", "gateway:app", "--host", "127.0.0.1", "--port", String(port)],
      environment: { SECRET: secret, AUDIENCE: TOKEN_AUDIENCE, UPSTREAM: `http://127.0.0.1:${upstreamPort}` },
    }),
};
