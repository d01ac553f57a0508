/** Who uses the console, and what they may do. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Schemas } from "../../typescript/src/index.ts";

export type Profile = Schemas["kms.Profile"];

/** Of the person who is logged in. */
export const ProfileContext = createContext<Profile | undefined>(undefined);

export const useProfile = (): Profile => {
  const profile = useContext(ProfileContext);
  if (!profile) throw new Error("there is no profile outside of the console's frame");
  return profile;
};

/** Whether the person holds a scope: what they do not hold is not offered. */
export const useMay = (): ((scope: string) => boolean) => {
  const { scopes } = useProfile();
  return (scope) => scopes.includes(scope);
};

/** The panels that are offered to the person, by their ids. */
export const PanelsContext = createContext<ReadonlySet<string>>(new Set());
