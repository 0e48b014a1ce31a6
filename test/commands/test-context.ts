/** A command context for tests: fixed clock, counted ids, answers given beforehand. */
import { tmpdir } from 'node:os';
import type { Ask, CommandContext } from '../../src/commands/context.ts';
import { type ShowResult, showIncident } from '../../src/commands/show-incident.ts';
import { refusedError } from '../../src/errors.ts';
import { buildSettings } from '../../src/settings.ts';

export interface TestContextOptions {
  cwd: string;
  store?: string;
  incident?: string;
  tz?: string | readonly string[];
  displayTz?: string;
  /** Answers by flag; when absent nobody can be asked. */
  answers?: Readonly<Record<string, unknown>>;
  env?: Record<string, string>;
  format?: string;
}

export interface TestContext extends CommandContext {
  /** Flags that were asked for, in order. */
  asked: string[];
  /** Moves the clock. */
  tick(milliseconds: number): void;
}

/** The clock starts at 2026-03-01T12:00:00Z. */
export function testContext(options: TestContextOptions): TestContext {
  const { cwd, answers, env = {}, ...raw } = options;
  let nowMs = Date.parse('2026-03-01T12:00:00.000Z');
  let ids = 0;
  const asked: string[] = [];
  const answer = async <T>({ flag }: { flag: string }): Promise<T> => {
    asked.push(flag);
    if (answers === undefined || !(flag in answers)) throw refusedError(`nobody to ask: ${flag}`);
    return answers[flag] as T;
  };
  const ask: Ask = {
    isPossible: answers !== undefined,
    text: answer,
    select: answer,
    key: answer,
    confirm: answer,
    edit: answer,
  };
  const environment = {
    IR_ACTOR: 'alex',
    XDG_DATA_HOME: `${cwd}/data`,
    IR_CEILING_DIRECTORIES: tmpdir(),
    ...env,
  };
  return {
    settings: buildSettings(raw, environment, cwd),
    ask,
    asked,
    say: () => {},
    progress: () => {},
    now: () => new Date(nowMs),
    randomId: () => (ids += 1).toString(16).padStart(32, '0'),
    signal: new AbortController().signal,
    tick: (milliseconds) => {
      nowMs += milliseconds;
    },
  };
}

/** The incident as machine output holds it: with all notes and the journal. */
export const showWhole = (context: CommandContext): Promise<ShowResult> =>
  showIncident({ ...context, settings: { ...context.settings, format: 'json' } });
