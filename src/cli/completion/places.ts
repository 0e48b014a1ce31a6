/** Where in a command line the cursor can stand, and what may stand there: what all shells are told. */
import type { Command } from 'commander';
import { commandsOf } from '../tree.ts';
import { type Values, valuesOfArguments, valuesOfOption } from './values.ts';

/** An option as shells complete it. */
export interface Flag {
  /** With its dashes. */
  long: string;
  description: string;
  /** Undefined where it takes none. */
  values: Values | undefined;
}

/** A command, a group, or the program itself. */
export interface Place {
  /** The path of names below `ir`, each behind a blank. */
  at: string;
  /** Its own options; `flags` are also those that may stand everywhere. */
  own: readonly Flag[];
  flags: readonly Flag[];
  children: readonly { name: string; description: string }[];
  /** What stands behind it, where no command does. */
  arguments: Values;
}

/** All places of the tree, the program itself first. */
export function placesOf(program: Command): Place[] {
  const commands = commandsOf(program);
  const everywhere = [
    ...flagsOf(program.options),
    { long: '--help', description: 'show help for a command', values: undefined },
  ];
  const below = (above: readonly string[]): Place['children'] =>
    commands
      .filter(({ path }) => path.slice(0, -1).join() === above.join())
      .map(({ path, description }) => ({ name: path.at(-1) ?? '', description }));
  return [
    {
      ...{ at: '', own: everywhere, flags: everywhere, children: below([]) },
      arguments: { kind: 'nothing' },
    },
    ...commands.map(({ path, options, args }) => {
      const own = flagsOf(options);
      return {
        at: path.map((name) => ` ${name}`).join(''),
        ...{ own, flags: [...own, ...everywhere], children: below(path) },
        arguments: valuesOfArguments(program, args),
      };
    }),
  ];
}

const flagsOf = (options: Command['options']): Flag[] =>
  options.flatMap((option) => {
    const { long, description, hidden } = option;
    return long && !hidden ? [{ long, description, values: valuesOfOption(option) }] : [];
  });

/** Options with values: those that mean the same everywhere by name alone, others by their place. */
export function valuedFlags(
  places: readonly Place[],
): { at: string; long: string; values: Values }[] {
  const seen = new Map<string, Set<string>>();
  const all = places.flatMap(({ at, flags }) =>
    flags.flatMap(({ long, values }) => (values === undefined ? [] : [{ at, long, values }])),
  );
  for (const { long, values } of all) {
    seen.set(long, (seen.get(long) ?? new Set()).add(JSON.stringify(values)));
  }
  const said = new Set<string>();
  return all.flatMap(({ at, long, values }) => {
    if ((seen.get(long)?.size ?? 0) > 1) return [{ at, long, values }];
    if (said.has(long)) return [];
    said.add(long);
    return [{ at: '*', long, values }];
  });
}

/** One word of a shell. All take what stands between single quotes as it is; none of our texts has a backslash. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
