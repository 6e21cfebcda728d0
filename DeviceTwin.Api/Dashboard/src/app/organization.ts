import { createContext, useContext } from "react";
import type { Role } from "../generated/graphql";

export interface Place {
  /** The organization that is shown. */
  organizationId: string;
  organizations: readonly string[];
  choose: (organizationId: string) => void;
  /** What the caller may do. */
  role: Role;
  callerName: string;
}

export const PlaceContext = createContext<Place | null>(null);

export const usePlace = (): Place => {
  const place = useContext(PlaceContext);
  if (place === null) {
    throw new Error("There is no organization around this component.");
  }
  return place;
};

const ranks: Record<Role, number> = { VIEWER: 0, OPERATOR: 1, ADMIN: 2 };

export const may = (role: Role, needed: Role) => ranks[role] >= ranks[needed];

/** Whether the caller may do what needs a role; what they may not is not offered. */
export const useMay = (needed: Role) => may(usePlace().role, needed);

/** An address in the organization that is shown. */
export const useAddress = () => {
  const { organizationId } = usePlace();
  return (path: string, search: Record<string, string> = {}) =>
    `${path}?${new URLSearchParams({ in: organizationId, ...search }).toString()}`;
};
