/** What the operations are tried on: of each kind one thing, made for one caller, and values that must not be shown. */
import { bearer, codeOf, type Stack, successOf, unique } from "./callers.ts";

const SCOPES_OF_SERVICE = ["search:read", "search:write"];

export interface ServiceWithKey {
  name: string;
  key: string;
  keyId: string;
}

export interface World {
  /** With the default role. */
  userId: string;
  lockedUserId: string;
  lockedAdministratorId: string;
  role: string;
  /** One service for each thing that is done to a service or its key. */
  services: Record<"read" | "rotated" | "revoked" | "removed" | "disabled" | "enabled" | "exchanging", ServiceWithKey>;
  /** The ids of OAuth clients. */
  clients: Record<"read" | "public" | "removed", string>;
  secret: { path: string; value: string };
  /** Which a worker keeps for itself. */
  secretOfWorker: { path: string; value: string };
  deletedSecret: string;
  transit: { key: string; ciphertext: string };
  /** Somebody else's value, which only the wrapping token gives out. */
  wrappingToken: string;
  elements: [number, number];
  script: number;
  nextKid: string;
  /** Shown to nobody who may not hand it out. */
  canaries: string[];
}

export const createWorld = async (stack: Stack): Promise<World> => {
  const { call, administrator } = stack;
  const post = (path: string, json?: unknown) => successOf(call("POST", path, administrator, json));
  const createUser = async (roles: string[], isLocked = false): Promise<string> => {
    const password = "a password for tests: lighthouse";
    const { id } = await post("/kms/users", { username: `user-${unique()}`, password, roles });
    if (isLocked) await post(`/kms/users/${id}/lock`);
    return String(id);
  };
  const createService = async (): Promise<ServiceWithKey> => {
    const name = `service-${unique()}`;
    await post("/kms/services", { name, scopes: SCOPES_OF_SERVICE });
    const { key, id } = await post("/kms/keys", { service: name });
    return { name, key: String(key), keyId: String(id) };
  };
  const createClient = async (more: Record<string, unknown> = {}): Promise<string> => {
    const body = { name: "An application", redirectUris: ["https://app.example/"], scopes: ["search:read"], ...more };
    return String((await post("/kms/clients", body))["clientId"]);
  };
  const createSecret = async (path: string, value: string): Promise<string> => {
    await successOf(call("PUT", `/kms/secrets/${path}`, administrator, { value }));
    return path;
  };
  const createElement = async (): Promise<number> => {
    const elementId = Math.floor(Math.random() * 2 ** 40) + 1;
    await post("/service-a/sequence", { elementType: "script", elementId, comment: "new" });
    return elementId;
  };

  const secret = { path: `seen-${unique()}`, value: `canary-${crypto.randomUUID()}` };
  await createSecret(secret.path, secret.value);
  const secretOfWorker = { path: `typesense/test-${unique()}`, value: `canary-${crypto.randomUUID()}` };
  await createSecret(secretOfWorker.path, secretOfWorker.value);
  const deletedSecret = await createSecret(`deleted-${unique()}`, "a value");
  await call("DELETE", `/kms/secrets/${deletedSecret}`, administrator);
  const key = `transit-${unique()}`;
  const { ciphertext } = await post(`/kms/transit/${key}/encrypt`, { plaintext: btoa("a text") });
  const role = `role-${unique()}`;
  await successOf(call("PUT", `/kms/roles/${role}`, administrator, { permissions: ["search:read"] }));
  const services = {
    read: await createService(),
    rotated: await createService(),
    revoked: await createService(),
    removed: await createService(),
    disabled: await createService(),
    enabled: await createService(),
    exchanging: await createService(),
  };
  await post(`/kms/keys/${services.enabled.name}/${services.enabled.keyId}/disable`);
  const { items } = await successOf(call("GET", "/kms/signing-keys", administrator));
  const next = Array.isArray(items) ? items.find(({ state }) => state === "next") : undefined;
  const text = { ...administrator, "content-type": "text/plain" };
  const { scriptId } = await successOf(call("POST", "/service-a/scripts", text, "# One\n\nA line.\n"));
  return {
    userId: await createUser(["user"]),
    lockedUserId: await createUser(["user"], true),
    lockedAdministratorId: await createUser(["admin"], true),
    role,
    services,
    clients: {
      read: await createClient(),
      public: await createClient({ public: true }),
      removed: await createClient(),
    },
    secret,
    secretOfWorker,
    deletedSecret,
    transit: { key, ciphertext: String(ciphertext) },
    wrappingToken: String((await post("/kms/secrets/wrap", { value: "a value" }))["token"]),
    elements: [await createElement(), await createElement()],
    script: Number(scriptId),
    nextKid: String(Object(next).kid),
    canaries: [secret.value, secretOfWorker.value, stack.victim.token],
  };
};

/** An administrator who has just enrolled and passed a factor. */
export const createAdministrator = async (
  call: Stack["call"],
  account: { username: string; password: string },
): Promise<string> => {
  const login = await successOf(call("POST", "/kms/login", {}, account));
  const plain = bearer(login["access_token"]);
  const { factorId, secret } = await successOf(call("POST", "/twofa/factors/totp", plain, {}));
  const confirmation = { factorId, code: codeOf(String(secret)) };
  const { recoveryCodes } = await successOf(call("POST", "/twofa/factors/totp/confirm", plain, confirmation));
  const proof = { recoveryCode: Array.isArray(recoveryCodes) ? recoveryCodes[0] : undefined };
  return String((await successOf(call("POST", "/twofa/auth/verify", plain, proof)))["access_token"]);
};
