/** Where a visitor is logged in, at `/account/sessions`. */
import type { FC } from "hono/jsx";
import { z } from "zod";
import { deviceOf } from "#shared/semantics/user-agent.ts";
import { attempted, done, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import type { VisitorHandle } from "../login/asking.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Notice, RefusalNotice } from "../views/parts.tsx";

const PATH = "/account/sessions";

const sessionSchema = z.object({
  id: z.string(),
  current: z.boolean(),
  createdAt: z.string(),
  lastUsedAt: z.string(),
  acr: z.enum(["aal1", "aal2"]),
  client: z.object({ userAgent: z.string().nullable() }),
  address: z.string().nullable(),
});

type Session = z.infer<typeof sessionSchema>;

const SessionRow: FC<{ page: PageCall; session: Session }> = ({ page, session }) => {
  const { sessions, instant } = page.texts;
  const device = deviceOf(session.client.userAgent) ?? sessions.unknownDevice;
  return (
    <li class="row">
      <div class="what">
        <h2>
          {device} {session.current && <span class="chip">{sessions.current}</span>}{" "}
          <span class="chip">{sessions.level[session.acr]}</span>
        </h2>
        <p class="meta">
          {session.address && `${sessions.from} ${session.address} · `}
          {sessions.lastUsed}: {instant(session.lastUsedAt)}
          {" · "}
          {sessions.started}: {instant(session.createdAt)}
        </p>
      </div>
      {!session.current && (
        <SafeForm page={page} action={PATH} hidden={{ session: session.id }}>
          <button type="submit" class="danger" aria-label={`${sessions.end}: ${device}`}>
            {sessions.end}
          </button>
        </SafeForm>
      )}
    </li>
  );
};

interface SessionsProps {
  page: PageCall;
  items: readonly Session[];
  refusal?: Refusal | undefined;
}

const SessionsPage: FC<SessionsProps> = ({ page, items, refusal }) => {
  const { sessions } = page.texts;
  const notices: Record<string, string> = { ended: sessions.ended, "others-ended": sessions.othersEnded };
  const notice = notices[page.query["done"] ?? ""];
  return (
    <Layout page={page} title={sessions.title} current={PATH}>
      <h1>{sessions.title}</h1>
      <p class="lead">{sessions.lead}</p>
      {notice && <Notice>{notice}</Notice>}
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <section class="card">
        <ul class="rows">
          {items.map((session) => (
            <SessionRow page={page} session={session} />
          ))}
        </ul>
      </section>
      {items.length > 1 && (
        <SafeForm page={page} action={PATH}>
          <button type="submit" class="quiet">
            {sessions.endOthers}
          </button>
        </SafeForm>
      )}
    </Layout>
  );
};

export const showSessions = async (page: PageCall, visitor: Visitor, refusal?: Refusal): Promise<Response> => {
  const list = { method: "GET", path: "/kms/sessions?limit=200", token: visitor.token } as const;
  const { items } = done(await page.operate(list, z.object({ items: z.array(sessionSchema) })));
  return htmlResponse(page, <SessionsPage page={page} items={items} refusal={refusal} />, refusedForm(refusal));
};

/** Ends the session that the form names or, where it names none, all others. */
export const endSessions: VisitorHandle = async (page, visitor) => {
  const id = page.form["session"];
  const path = id === undefined ? "/kms/sessions" : `/kms/sessions/${encodeURIComponent(id)}`;
  const ended = attempted(await page.operate({ method: "DELETE", path, token: visitor.token }, NOTHING));
  if (!ended.ok) return showSessions(page, visitor, ended.error);
  return redirect(page, `${PATH}?done=${id === undefined ? "others-ended" : "ended"}`);
};
