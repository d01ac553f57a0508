/** Secrets on the screen: for a short while, and only as long as someone looks. */
import { useEffect, useState } from "preact/hooks";

const SHOWN_MS = 60_000;

export const SHOWN_SECONDS = SHOWN_MS / 1_000;

/** Something that is forgotten after a minute, when the page is hidden or left, and with the view. */
export const useShown = <Value>(): [Value | undefined, (value: Value | undefined) => void] => {
  const [shown, show] = useState<{ value: Value }>();
  useEffect(() => {
    if (shown === undefined) return;
    const hide = (): void => show(undefined);
    const hideIfHidden = (): void => {
      if (document.hidden) hide();
    };
    const timer = setTimeout(hide, SHOWN_MS);
    document.addEventListener("visibilitychange", hideIfHidden);
    addEventListener("pagehide", hide);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hideIfHidden);
      removeEventListener("pagehide", hide);
    };
  }, [shown]);
  return [shown?.value, (value) => show(value === undefined ? undefined : { value })];
};
