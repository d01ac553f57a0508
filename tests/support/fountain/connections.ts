/**
 * How tests call over HTTP: a connection that was idle for longer than this is not used again. workerd closes idle ones
 * after five seconds, and a busy machine may see that only when the next request is on its way, which then fails.
 */
import { Agent, setGlobalDispatcher } from "undici";

const IDLE_MS = 1_000;

setGlobalDispatcher(new Agent({ keepAliveTimeout: IDLE_MS }));
