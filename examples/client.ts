/** A small client of Fountain's HTTP API: what a program needs to log in, to send credentials, and to read problems. */

export type Credential = { accessToken: string } | { apiKey: string };

export interface Call {
  credential?: Credential;
  /** A JSON body. */
  json?: unknown;
  /** A text body, sent as `text/plain`. */
  text?: string;
}

/** A response other than 2xx: the problem document (RFC 9457), as an error. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly status: number;

  constructor(call: string, status: number, detail: string) {
    super(`${call} responded ${status}: ${detail}`);
    this.status = status;
  }
}

const headersOf = ({ credential, json, text }: Call): Record<string, string> => ({
  ...(credential && "accessToken" in credential && { authorization: `Bearer ${credential.accessToken}` }),
  ...(credential && "apiKey" in credential && { "x-api-key": credential.apiKey }),
  ...(json !== undefined && { "content-type": "application/json" }),
  ...(text !== undefined && { "content-type": "text/plain; charset=utf-8" }),
});

const detailOf = async (response: Response): Promise<string> => {
  const text = await response.text();
  try {
    const { detail, errors = [] } = JSON.parse(text);
    return [detail, ...errors.map((error: { pointer: string; detail: string }) => `${error.pointer}: ${error.detail}`)]
      .filter(Boolean)
      .join(" ");
  } catch {
    return text.slice(0, 200);
  }
};

/** A function that calls the installation at `baseUrl`. It throws {@link CallFailed} unless the response is 2xx. */
export const createClient =
  (baseUrl: string) =>
  async (method: string, path: string, call: Call = {}): Promise<Response> => {
    const body = call.text ?? (call.json === undefined ? null : JSON.stringify(call.json));
    const response = await fetch(baseUrl + path, { method, headers: headersOf(call), body });
    if (!response.ok) throw new CallFailed(`${method} ${path}`, response.status, await detailOf(response));
    return response;
  };

export type Client = ReturnType<typeof createClient>;
