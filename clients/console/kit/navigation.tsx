/** The console's addresses: `/console/<panel>/<rest>`, without loading the page again. */
import type { ComponentChildren, JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { PanelsContext } from "./session.ts";

const BASE = "/console";
/** `pushState` raises no event of its own. */
const MOVED = "console-moved";

/** The address of what is at this path below `/console`; the parts are encoded. */
export const addressOf = (...parts: readonly string[]): string => [BASE, ...parts.map(encodeURIComponent)].join("/");

const segments = (): string[] =>
  location.pathname
    .slice(BASE.length)
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);

/** Goes there; `replace`: in the place of the present entry of the history. */
export const navigate = (address: string, { replace = false } = {}): void => {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  dispatchEvent(new Event(MOVED));
};

/** The segments of the path below `/console`, and the query, as they change. */
export const useLocation = (): { path: readonly string[]; query: URLSearchParams } => {
  const [, setAddress] = useState(location.href);
  useEffect(() => {
    const follow = (): void => setAddress(location.href);
    addEventListener("popstate", follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener("popstate", follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  return { path: segments(), query: new URLSearchParams(location.search) };
};

const isPlain = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

interface LinkProps {
  to: string;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
}

/** A link within the console. */
export const Link = ({ to, class: name, current, children }: LinkProps): JSX.Element => (
  <a
    href={to}
    class={name}
    aria-current={current ? "page" : undefined}
    onClick={(event) => {
      if (!isPlain(event)) return;
      event.preventDefault();
      navigate(to);
    }}
  >
    {children}
  </a>
);

interface PanelLinkProps extends LinkProps {
  /** Where the panel is not offered to the person. */
  otherwise?: ComponentChildren;
}

/** A link to another panel, for those who have it. */
export const PanelLink = ({ otherwise = null, ...link }: PanelLinkProps): ComponentChildren => {
  const [, , id = ""] = link.to.split(/[/?]/);
  return useContext(PanelsContext).has(id) ? <Link {...link} /> : otherwise;
};
