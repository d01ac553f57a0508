/**
 * How tests call over HTTP: each call by a connection of its own. workerd closes those that are idle for five seconds, and others
 * after a response that came early; a busy machine may see that only when the next request is on its way, which then fails.
 */
import { Agent, setGlobalDispatcher } from "undici";

/** No keep-alive. */
const NO_REUSE = 0;

setGlobalDispatcher(new Agent({ pipelining: NO_REUSE }));
