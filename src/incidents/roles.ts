/** Roles in the response to an incident, in the words of NIST SP 800-61 and of incident command. The one list: who owns a step, who is named in a plan. */

/** Ids of the roles, from the one who leads to those who are asked. */
export const ROLES = [
  'incident_commander',
  'responder',
  'analyst',
  'system_owner',
  'communications',
  'legal',
  'scribe',
  'executive',
] as const;

/** A role that somebody has in the response. */
export type Role = (typeof ROLES)[number];

/** Of each role the one who has it now. */
export function heldRoles<R extends { role: string; withdrawn?: unknown }>(
  roles: readonly R[],
): R[] {
  const held = new Map<string, R>();
  for (const one of roles) if (one.withdrawn === undefined) held.set(one.role, one);
  return [...held.values()];
}
