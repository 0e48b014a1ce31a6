/** An action: something that is done to a system, read back and taken back. Plain data, read from YAML. */
import type { StepCommand, Variable } from './playbook.ts';

/** What an action runs on: a machine, or an account of a service that any machine can reach. */
export const PLACES = ['host', 'service'] as const;

/** An action of the catalogue. */
export interface Action {
  id: string;
  title: string;
  summary: string;
  references: readonly { title: string; url: string }[];
  variables: readonly Variable[];
  /** Variables that are given in their order, without names. */
  arguments: readonly string[];
  /** Programs that must be there. */
  needs: readonly string[];
  /** Action with the same variables that does it where they are not; undefined when there is none. */
  otherwise: string | undefined;
  place: (typeof PLACES)[number];
  command: StepCommand;
  /** File it was read from. */
  path: string;
  origin: 'bundled' | 'user';
}
