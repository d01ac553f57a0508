/** The parts that views are made of. Texts are always text: nothing that is stored somewhere can become markup. */
import type { ButtonHTMLAttributes, ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { FountainError } from "../../typescript/src/index.ts";
import { isAbout, placeOf } from "./faults.ts";
import { notify } from "./notices.tsx";

interface ViewProps {
  title: string;
  /** One sentence: what this is for. */
  lead?: ComponentChildren;
  /** Buttons beside the title. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** All of a panel: its heading, what can be begun here, and the rest. */
export const View = ({ title, lead, actions, children }: ViewProps): JSX.Element => {
  useEffect(() => {
    document.title = `${title} · Console`;
  }, [title]);
  return (
    <>
      <header class="view-head">
        <h1 tabIndex={-1}>{title}</h1>
        {actions && <div class="actions">{actions}</div>}
        {lead && <p class="lead">{lead}</p>}
      </header>
      {children}
    </>
  );
};

interface SectionProps {
  title: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export const Section = ({ title, actions, children }: SectionProps): JSX.Element => (
  <section class="card">
    <div class="section-head">
      <h2>{title}</h2>
      {actions && <div class="actions">{actions}</div>}
    </div>
    {children}
  </section>
);

type ButtonProps = Omit<ButtonHTMLAttributes, "class"> & {
  /** `main`: what most come for; `danger`: what cannot be undone; `quiet`: within rows. */
  kind?: "main" | "danger" | "quiet";
  isBusy?: boolean;
};

export const Button = ({ kind, isBusy = false, disabled, children, ...more }: ButtonProps): JSX.Element => (
  <button type="button" class={kind} {...more} aria-busy={isBusy || undefined} disabled={disabled === true || isBusy}>
    {children}
  </button>
);

export type Tone = "good" | "bad" | "warn" | "plain";

export const Badge = ({ tone = "plain", children }: { tone?: Tone; children: ComponentChildren }): JSX.Element => (
  <span class={`badge ${tone}`}>{children}</span>
);

interface FailureProps {
  error: unknown;
  /** Names of fields that show their own faults. */
  except?: readonly string[];
}

/** What went wrong, and the id by which the operator finds it; nothing where nothing did. */
export const Failure = ({ error, except = [] }: FailureProps): JSX.Element | null => {
  if (error === undefined) return null;
  const isKnown = error instanceof FountainError;
  const text = isKnown ? (error.detail ?? error.title) : error instanceof Error ? error.message : String(error);
  const others = isKnown ? error.errors.filter((one) => !except.some((name) => isAbout(one, name))) : [];
  return (
    <div class="failure" role="alert">
      <p>{text}</p>
      {others.length > 0 && (
        <ul>
          {others.map(({ pointer, detail }) => (
            <li>
              <code>{placeOf(pointer)}</code> {detail}
            </li>
          ))}
        </ul>
      )}
      {isKnown && error.requestId && (
        <p class="meta">
          Request <code>{error.requestId}</code>
        </p>
      )}
    </div>
  );
};

interface LoadingProps {
  of: { error: unknown; isLoading: boolean };
  /** Whether there is something to show already. */
  isThere: boolean;
  children: ComponentChildren;
}

/** What was loaded; before that, or instead, what there is to say. */
export const Loading = ({ of, isThere, children }: LoadingProps): JSX.Element => (
  <>
    <Failure error={of.error} />
    {!isThere && of.isLoading && <p class="meta">Loading …</p>}
    {isThere && children}
  </>
);

/** Where there is nothing yet: what to do first. */
export const Empty = ({ children }: { children: ComponentChildren }): JSX.Element => (
  <div class="empty">{children}</div>
);

const UNITS = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** How long ago or ahead an instant is, in words: `3 hours ago`. */
export const relativeTime = (instant: string, nowMs = Date.now()): string => {
  const seconds = Math.round((Date.parse(instant) - nowMs) / 1_000);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return relative.format(Math.round(seconds / length), unit);
};

/** An instant (RFC 3339) in words, and exactly when one points at it; `never` where there is none. */
export const Time = ({ at, never = "never" }: { at: string | null | undefined; never?: string }): JSX.Element =>
  at ? (
    <time dateTime={at} title={exact.format(new Date(at))}>
      {relativeTime(at)}
    </time>
  ) : (
    <span class="meta">{never}</span>
  );

/** Copies a text that stands beside it. */
export const CopyButton = ({ text }: { text: string }): JSX.Element => (
  <Button
    kind="quiet"
    onClick={() => {
      navigator.clipboard.writeText(text).then(
        () => notify("Copied."),
        () => notify("The browser does not let this page copy: select the text instead."),
      );
    }}
  >
    Copy
  </Button>
);

/** A text with a button that copies it. `isSecret`: shown this once. */
export const Copyable = ({
  text,
  label,
  isSecret = false,
}: {
  text: string;
  label: string;
  isSecret?: boolean;
}): JSX.Element => (
  <div class={isSecret ? "copyable secret" : "copyable"}>
    <output aria-label={label}>
      <code>{text}</code>
    </output>
    <CopyButton text={text} />
  </div>
);
