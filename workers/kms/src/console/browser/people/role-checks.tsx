/** Choosing roles of those that one may give. */
import type { JSX } from "preact";
import { Checks } from "#console";
import { type Role, scopesBeyond } from "./rights.ts";

interface RoleChecksProps {
  roles: readonly Role[];
  may: (scope: string) => boolean;
  chosen: readonly string[];
}

export const RoleChecks = ({ roles, may, chosen }: RoleChecksProps): JSX.Element => {
  const isMine = ({ name }: Role): boolean => scopesBeyond([name], roles, may).length === 0;
  const others = roles.filter((role) => !isMine(role)).map(({ name }) => name);
  return (
    <Checks
      legend="Roles"
      name="roles"
      options={roles.filter(isMine).map(({ name }) => [name, name] as const)}
      chosen={chosen}
      hint={others.length > 0 && `You cannot give ${others.join(", ")}: they allow more than you may yourself.`}
    />
  );
};
