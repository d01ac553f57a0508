/** How every part of Fountain is. */
import type { JSX } from "preact";
import { Badge, call, FountainError, Section } from "#console";

type Parts = readonly { name: string; status: "ok" | "unavailable" }[];

/** What anyone may know of them: all respond, or which do not, in words. */
export const readReadiness = async (signal: AbortSignal): Promise<{ parts: Parts; trouble?: string }> => {
  try {
    const { data } = await call("GET /ready", { signal });
    return { parts: Object.keys(data.workers).map((name) => ({ name, status: "ok" })) };
  } catch (error) {
    if (!(error instanceof FountainError) || error.code !== "unavailable") throw error;
    return { parts: [], trouble: error.detail ?? error.title };
  }
};

export const Health = ({ parts, trouble }: { parts: Parts; trouble?: string | undefined }): JSX.Element => {
  const away = parts.filter(({ status }) => status !== "ok").length;
  return (
    <Section title="Health">
      <p>
        {trouble ?? (away === 0 ? "Every part responds." : "What needs a part that is away gets 503 until it is back.")}
      </p>
      <ul class="plain actions">
        {parts.map(({ name, status }) => (
          <li>
            <Badge tone={status === "ok" ? "good" : "bad"}>
              {name} {status === "ok" ? "responds" : "is away"}
            </Badge>
          </li>
        ))}
      </ul>
    </Section>
  );
};
