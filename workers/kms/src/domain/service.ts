/** A machine client: a name, the scopes its keys may have, and how often they should be renewed. */
import type { Scope } from "#shared/contracts/rights.ts";

export interface Service {
  name: string;
  scopes: Scope[];
  /** How old a key should grow at most; `null` when nobody said. */
  rotateAfterDays: number | null;
  createdAt: Date;
}

export interface ServiceRepository {
  find(name: string): Promise<Service | undefined>;
  /** In the order of names, from the one after `after`. */
  list(limit: number, after: string | undefined): Promise<Service[]>;
  /** false: the name is taken. */
  insert(service: Service): Promise<boolean>;
  /** Removes the service and its keys, and revokes their tokens, in one transaction; false: there is no such service. */
  remove(name: string, at: Date): Promise<boolean>;
}
