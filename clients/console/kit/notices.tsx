/** Short notices of what was done, which screen readers read out and which go by themselves. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

const NOTICE = "console-notice";
const SHOWN_MS = 6_000;

export const notify = (text: string): void => {
  dispatchEvent(new CustomEvent(NOTICE, { detail: text }));
};

export const Notices = (): JSX.Element => {
  const [texts, setTexts] = useState<readonly string[]>([]);
  useEffect(() => {
    const add = (event: Event): void => {
      if (!(event instanceof CustomEvent)) return;
      setTexts((shown) => [...shown.slice(-2), String(event.detail)]);
      setTimeout(() => setTexts((shown) => shown.slice(1)), SHOWN_MS);
    };
    addEventListener(NOTICE, add);
    return () => removeEventListener(NOTICE, add);
  }, []);
  return (
    <div class="notices" role="status">
      {texts.map((text) => (
        <p>{text}</p>
      ))}
    </div>
  );
};
