/** What the examples of operations start from, and what they give. */
import type { Caller, Stack } from "../../security/callers.ts";
import type { Sent } from "../../security/variants.ts";
import type { World } from "../../security/world.ts";
import type { Headers } from "../../support/call.ts";
import type { MailServer } from "../../support/mail-server.ts";

/** Where the calls are made. */
export interface Setting {
  stack: Stack;
  world: World;
  /** A person with all rights, who has just passed a second factor. */
  caller: Caller;
  mail: MailServer;
}

export interface Prepared {
  headers: Headers;
  sent: Sent;
}
