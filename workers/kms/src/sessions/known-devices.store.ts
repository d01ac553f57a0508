/** Known devices in the database, for the transaction that opens a session. */
import type { InStatement } from "@libsql/client";
import { insertMail } from "../mails/mails.store.ts";
import type { SeenDevice } from "./known-devices.ts";

/** Changes a row only if the user has logged in before, and never with this device. */
const INSERT_IF_NEW = `
  INSERT INTO known_devices (user_id, device, used_at)
  SELECT user_id, :device, created_at FROM sessions
  WHERE id = :sessionId AND EXISTS (SELECT 1 FROM known_devices WHERE user_id = sessions.user_id)
  ON CONFLICT (user_id, device) DO NOTHING`;

const REMEMBER = `
  INSERT INTO known_devices (user_id, device, used_at)
  SELECT user_id, :device, created_at FROM sessions WHERE id = :sessionId
  ON CONFLICT (user_id, device) DO UPDATE SET used_at = MAX(used_at, excluded.used_at)`;

/** Remembers the device of a session, if there is that session, and stores the mail if it is new. */
export const rememberDevice = ({ device, notice }: SeenDevice, sessionId: string): InStatement[] => [
  ...(notice ? [{ sql: INSERT_IF_NEW, args: { device, sessionId } }, insertMail(notice)] : []),
  { sql: REMEMBER, args: { device, sessionId } },
];

/** The latest of a user stays, so that what comes after it is seen to be new. */
export const forgetDevices = (unusedSince: Date): InStatement => ({
  sql: `DELETE FROM known_devices WHERE used_at < ? AND EXISTS (
          SELECT 1 FROM known_devices AS later WHERE later.user_id = known_devices.user_id AND later.used_at > known_devices.used_at)`,
  args: [unusedSince.getTime()],
});
