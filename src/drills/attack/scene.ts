/** What the steps of the attack share. */
import type { Subject } from '../lines/auditd.ts';
import type { Mark } from '../log-writer.ts';
import type { Random } from '../random.ts';
import type { Chapter, Step } from '../scenario.ts';
import type { SshSession } from '../ssh-server.ts';
import type { World } from '../world.ts';

/** What the intruder holds, kept from chapter to chapter. */
export interface Foothold {
  session: SshSession | undefined;
  /** Whose rights the shell has now. */
  subject: Subject | undefined;
  /** Number of the shell's process. */
  shell: number;
  /** Number of the last process started from it. */
  lastPid: number;
}

/** What one step needs. */
export interface Scene {
  world: World;
  chapter: Chapter;
  foothold: Foothold;
  random: Random;
  mark: Mark;
}

/** The step of a kind. */
export type StepOf<K extends Step['do']> = Extract<Step, { do: K }>;
