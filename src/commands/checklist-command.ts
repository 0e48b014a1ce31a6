import type { Phase } from '../incidents/incident.ts';

const COMMANDS: Readonly<Record<Phase, string>> = {
  triage: 'respond',
  containment: 'contain',
  eradication: 'eradicate',
  recovery: 'recover',
  post_incident: 'respond',
};

/** The command that walks the checklist of a phase. */
export const checklistCommand = (phase: Phase): string => COMMANDS[phase];
