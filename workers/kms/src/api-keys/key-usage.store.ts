/** What the calls of services came to, hour by hour, as the gateway reports it. */
import { and, asc, eq, gt, gte, lt } from "drizzle-orm";
import type { KeyUsage } from "#shared/contracts/kms.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { keyUsage } from "../db/schema/services.ts";

export interface HourOfUse {
  hour: Date;
  calls: number;
  refused: number;
  limited: number;
}

/** Hours from `from` to before `to`, by default all; after the one given. */
export interface UsageQuery {
  from?: Date | undefined;
  to?: Date | undefined;
  after: Date | undefined;
  limit: number;
}

export interface KeyUsageStore {
  add(usage: readonly KeyUsage[]): Promise<void>;
  /** Oldest first, without hours in which there were no calls. */
  list(service: string, query: UsageQuery): Promise<HourOfUse[]>;
  /** Forgets the hours before that instant. */
  purge(before: Date): Promise<void>;
}

const ADD = `
  INSERT INTO key_usage (service, hour, calls, refused, limited)
  SELECT json_extract(value, '$.service'), json_extract(value, '$.hourMs'), json_extract(value, '$.calls'),
    json_extract(value, '$.refused'), json_extract(value, '$.limited')
  FROM json_each(?) WHERE json_extract(value, '$.service') IN (SELECT name FROM services)
  ON CONFLICT (service, hour) DO UPDATE SET calls = calls + excluded.calls, refused = refused + excluded.refused,
    limited = limited + excluded.limited`;

export const createKeyUsageStore = ({ orm, client }: KmsDatabase): KeyUsageStore => ({
  add: async (usage) => {
    await client.execute({ sql: ADD, args: [JSON.stringify(usage)] });
  },
  list: async (service, { from, to, after, limit }) => {
    const rows = await orm
      .select()
      .from(keyUsage)
      .where(
        and(
          eq(keyUsage.service, service),
          from && gte(keyUsage.hour, from),
          to && lt(keyUsage.hour, to),
          after && gt(keyUsage.hour, after),
        ),
      )
      .orderBy(asc(keyUsage.hour))
      .limit(limit);
    return rows.map(({ service: _, ...hour }) => hour);
  },
  purge: async (before) => {
    await client.execute({ sql: "DELETE FROM key_usage WHERE hour < ?", args: [before.getTime()] });
  },
});
