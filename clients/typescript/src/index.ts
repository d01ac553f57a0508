/** Typed client of Fountain's HTTP API. */
export type { StepUpChallenge } from "./challenge.ts";
export { type Client, type ClientOptions, createClient, type StepUp } from "./client.ts";
export { type CredentialStore, type Credentials, memoryStore, type UserCredentials } from "./credentials.ts";
export { type ErrorCode, type FieldError, FountainError } from "./error.ts";
export type { CallOptions, ItemOf, ListKey, OperationKey, Reply } from "./operation.ts";
export type { Operations, ProblemCode, Schemas } from "./operations.generated.ts";
export type { LoginProof, Proof } from "./session.ts";
