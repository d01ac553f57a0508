/** Streams of events (`text/event-stream`) of upstreams: they end once the caller may not call any more, as WebSockets do. */
import { type Standing, untilRefused } from "./standing.ts";

const EVENTS = /^text\/event-stream\s*(?:;|$)/i;

const isEventStream = ({ headers }: Response): boolean => EVENTS.test(headers.get("content-type") ?? "");

/** The stream until it ends, or until the caller may not continue: then it ends for both sides. */
const whileStanding = (events: ReadableStream, standing: Standing): ReadableStream => {
  const { readable, writable } = new IdentityTransformStream();
  const ending = new AbortController();
  let isOpen = true;
  const passOn = async (): Promise<void> => {
    try {
      await events.pipeTo(writable, { signal: ending.signal, preventAbort: true });
    } finally {
      isOpen = false;
    }
  };
  const watch = async (): Promise<void> => {
    const isRefused = await untilRefused(standing, () => isOpen).then(
      (closing) => closing !== undefined,
      () => true,
    );
    if (isRefused) ending.abort();
  };
  passOn()
    .catch((reason: unknown) => (ending.signal.aborted ? writable.close() : writable.abort(reason)))
    .catch(() => {});
  void watch();
  return readable;
};

/** The response of the upstream; if it is a stream of events, one that ends when the caller may not continue. */
export const endingWithStanding = (response: Response, standing: Standing): Response =>
  response.body && isEventStream(response) ? new Response(whileStanding(response.body, standing), response) : response;
