/** Services behind the gateway of a running Fountain. */
import { send, type Target } from "../call.ts";

/** Puts it behind the gateway, or replaces it there; as an administrator who has stepped up. */
export const putUpstream = async (
  target: Pick<Target, "url">,
  administrator: Record<string, string>,
  name: string,
  body: object,
): Promise<void> => {
  const { status, text } = await send(target, "PUT", `/gateway/upstreams/${name}`, {
    json: body,
    headers: administrator,
  });
  if (status !== 200 && status !== 201) throw new Error(`PUT ${name}: ${status} ${text}`);
};
