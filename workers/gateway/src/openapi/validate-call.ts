/** Holds a call of a service to the service's own OpenAPI document, before it reaches the service. */
import { receiveBody } from "#shared/http/body.ts";
import type { Fields } from "#shared/http/fields.ts";
import { jsonFault } from "#shared/http/json-body.ts";
import { pointerTo } from "#shared/http/pointer.ts";
import { queryOf } from "#shared/policy/path.ts";
import { ANY_TYPE, type Policy } from "#shared/policy/policy.ts";
import { type FieldError, MAX_FIELD_ERRORS, type Problem, problem } from "#shared/problem/problem.ts";
import { parseMediaType } from "#shared/semantics/media-type.ts";
import { isBodiless } from "#shared/semantics/method.ts";
import type { UpstreamCall } from "../upstreams/compiled.ts";
import type { SentRequest } from "../upstreams/ports.ts";
import type { Documents } from "./documents.ts";
import { faultsOf } from "./faults.ts";
import type { BodyType, Operation, OperationCall } from "./operations.ts";

/** The longest body that is validated; longer ones of an operation whose body is, are refused. */
const MAX_VALIDATED_BYTES = 1024 * 1024;

const invalid = (errors: readonly FieldError[]): Problem => {
  const first = new Map(errors.toReversed().map((error) => [error.pointer, error]));
  const listed = errors.filter((error) => first.get(error.pointer) === error);
  return problem("invalid-input", {
    detail: "One or more fields are invalid.",
    errors: listed.slice(0, MAX_FIELD_ERRORS),
  });
};

const fits = (range: string, type: string): boolean =>
  range === type || range === ANY_TYPE || (range.endsWith("/*") && type.startsWith(range.slice(0, -1)));

/** The most concrete media type of the document that a body has. */
const typeFor = (types: readonly BodyType[], type: string): BodyType | undefined =>
  types.find(({ range }) => range === type) ??
  types.find(({ range }) => range !== ANY_TYPE && fits(range, type)) ??
  types.find(({ range }) => fits(range, type));

const wrongType = (types: readonly BodyType[]): Problem =>
  problem("unsupported-media-type", {
    detail: `Send the body as Content-Type: ${types.map(({ range }) => range).join(", ")}.`,
  });

/** The request with its body in memory, under its own header fields. */
const received = async (request: Request, maxBodyBytes: number): Promise<{ request: Request; text: string }> => {
  const policy: Policy = { caller: "anyone", consumes: ANY_TYPE, maxBodyBytes };
  const whole = await receiveBody(request, policy);
  const bytes = await whole.arrayBuffer();
  const { url, method, headers } = request;
  const body = bytes.byteLength === 0 ? null : bytes;
  return { request: new Request(url, { method, headers, body }), text: new TextDecoder().decode(bytes) };
};

const parsed = (text: string): unknown => {
  const fault = jsonFault(text);
  if (fault !== undefined) throw problem("malformed-request", { detail: fault });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem("malformed-request", { detail: "The request body cannot be parsed.", cause });
  }
};

interface Checked {
  request: Request;
  errors: FieldError[];
}

const REQUIRED: FieldError = { pointer: "#", detail: "required" };

const checkBody = async (
  request: Request,
  { body, list }: Operation,
  { contentType, maxBodyBytes }: { contentType: string | null; maxBodyBytes: number },
): Promise<Checked> => {
  if (body === undefined || isBodiless(request.method)) return { request, errors: [] };
  const nothing = body.isRequired ? [REQUIRED] : [];
  if (request.body === null) return { request, errors: nothing };
  if (contentType === null) {
    const whole = await received(request, maxBodyBytes);
    if (whole.request.body !== null) throw wrongType(body.types);
    return { request: whole.request, errors: nothing };
  }
  const type = typeFor(body.types, parseMediaType(contentType)?.type ?? "");
  if (type === undefined) throw wrongType(body.types);
  if (type.schema === undefined) return { request, errors: [] };
  const whole = await received(request, maxBodyBytes);
  if (whole.request.body === null) return { request: whole.request, errors: nothing };
  const errors = faultsOf(parsed(whole.text), type.schema, list).map(({ path, detail }) => ({
    pointer: pointerTo("json", path),
    detail,
  }));
  return { request: whole.request, errors };
};

const validated = async (
  request: Request,
  { operation, path }: OperationCall,
  { fields, maxBodyBytes }: { fields: Fields; maxBodyBytes: number },
): Promise<Request> => {
  const query = new URLSearchParams(queryOf(request.url));
  const sent = { path, query, header: (name: string) => fields.get(name.toLowerCase()) };
  const wrong = operation.parameters.flatMap(({ faults }) => faults(sent));
  if (wrong.length > 0) throw invalid(wrong);
  const checked = await checkBody(request, operation, { contentType: fields.get("content-type"), maxBodyBytes });
  if (checked.errors.length > 0) throw invalid(checked.errors);
  return checked.request;
};

/**
 * The request to forward, with its body in memory if that was validated. Refuses with 422 parameters and members that do not
 * fit, with 415 a media type that the operation does not list, with 400 what is not JSON, and with 413 what is too long. A call
 * that is of no operation of the document passes, as does every call while there is no document.
 */
export const validateCall = async (
  documents: Documents,
  { raw, fields }: SentRequest,
  { upstream, route, path }: UpstreamCall,
): Promise<Request> => {
  const known = await documents.of(upstream);
  const called = known?.find(raw.method, path);
  if (called === undefined) return raw;
  const { maxBodyBytes = MAX_VALIDATED_BYTES } = route.policy;
  return validated(raw, called, { fields, maxBodyBytes: Math.min(maxBodyBytes, MAX_VALIDATED_BYTES) });
};
