/** From a command as a file has it to a command as the program uses it. */
import type { RawArgv, RawCommand, RawVariable } from './command-schema.ts';
import { durationMs } from './command-schema.ts';
import type { Argv, Probe, StepCommand, Variable } from './playbook.ts';

/** How a script is started; what follows are its name and its arguments. */
const SCRIPT = ['sh', '-euc'] as const;

/** The argv; that of a script is `sh -euc TEXT ir ARGUMENTS`, whose text holds no value. */
export const toArgv = (raw: RawArgv): Argv =>
  'script' in raw ? [...SCRIPT, raw.script, 'ir', ...raw.args] : raw;

/** Is it a script of a file, whose text no value gets into? */
export const isScript = (argv: Argv): boolean =>
  argv[0] === SCRIPT[0] &&
  argv[1] === SCRIPT[1] &&
  argv[3] === 'ir' &&
  !/\{\{/.test(argv[2] ?? '{{');

type RawProbe = NonNullable<RawCommand['verify']>;

function toProbe(raw: RawProbe, needsRoot: boolean): Probe {
  const { condition = [] } = raw;
  return {
    run: toArgv(raw.run),
    expect: raw.expect,
    conditions: Array.isArray(condition) ? condition : [condition],
    needsRoot: raw.needs_root ?? needsRoot,
  };
}

/** The command. */
export function toCommand(raw: RawCommand): StepCommand {
  const probe = (one: RawProbe | undefined): Probe | undefined =>
    one === undefined ? undefined : toProbe(one, raw.needs_root);
  const argv = (one: RawArgv | undefined): Argv | undefined =>
    one === undefined ? undefined : toArgv(one);
  const { check } = raw;
  return {
    risk: raw.risk,
    run: toArgv(raw.run),
    collectFirst: raw.collect_first.map(toArgv),
    snapshot: argv(raw.snapshot),
    check:
      check === undefined || 'expect' in check
        ? probe(check)
        : { run: toArgv(check), expect: '', conditions: [], needsRoot: raw.needs_root },
    verify: probe(raw.verify),
    undo: argv(raw.undo),
    undoVerify: probe(raw.undo_verify),
    keep: argv(raw.keep),
    ttlMs: raw.ttl === undefined ? undefined : durationMs(raw.ttl),
    expiry: raw.expiry,
    irreversible: raw.irreversible,
    needsRoot: raw.needs_root,
    blastRadius: raw.blast_radius,
    timeoutMs: durationMs(raw.timeout),
    okExitCodes: raw.ok_exit_codes,
    target: raw.target,
  };
}

/** The variable. */
export const toVariable = (raw: RawVariable): Variable => ({
  name: raw.name,
  description: raw.description,
  type: raw.type,
  from: raw.from,
  default: raw.default,
  example: raw.example,
  pattern: raw.pattern,
  choices: raw.choices ?? [],
});
