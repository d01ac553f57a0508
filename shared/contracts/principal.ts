/**
 * Principals: users, services, and the workers themselves. One is written as a single text that says its kind (the `sub`
 * of tokens, RFC 9068 §2.2): a user's id as it is, a service as `service:NAME`, a worker as `worker:NAME`. The kms
 * generates users' ids, and none has a colon, so that no name that a caller chooses can be read as a user.
 */

/** Who works on the machine that has the installation's secrets, without an account. */
export const OPERATOR = "operator:recover";
/** Who starts it on a terminal. */
export const STARTING_OPERATOR = "operator:start";

export type ServiceSubject = `service:${string}`;
export type WorkerSubject = `worker:${string}`;

const SERVICE_PREFIX = "service:";
const KIND_SEPARATOR = ":";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const serviceSubject = (name: string): ServiceSubject => `${SERVICE_PREFIX}${name}`;

/** The name of the service; `undefined`: it is another principal. */
export const serviceNameOf = (subject: string): string | undefined =>
  subject.startsWith(SERVICE_PREFIX) ? subject.slice(SERVICE_PREFIX.length) : undefined;

/** The id of the user; `undefined`: it is another principal. */
export const userIdOf = (subject: string): string | undefined =>
  subject.includes(KIND_SEPARATOR) ? undefined : subject;

/** What the ids of registered OAuth clients begin with: no name of a service has an underscore. */
export const OAUTH_CLIENT_PREFIX = "client_";

/** What the ids begin with of clients that describe themselves, at this URL: no name of a service has a colon. */
const DESCRIBED_PREFIX = "https://";

/** Whether the `client_id` is that of an application that people log in to, and not of a service or of Fountain's own. */
export const isOAuthClientId = (clientId: string): boolean =>
  clientId.startsWith(OAUTH_CLIENT_PREFIX) || clientId.startsWith(DESCRIBED_PREFIX);

/** Whether a text has the form of a user's id, in whichever case. */
export const looksLikeUserId = (text: string): boolean => UUID.test(text);

/** Whose rights a change is about: tokens of this holder that were issued before it are refused. */
export const userHolder = (userId: string): string => `user:${userId}`;
export const roleHolder = (name: string): string => `role:${name}`;
