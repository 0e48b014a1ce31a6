/** What may stand in the place of `<step>`, `[key]` or `<file>`: by the name between the brackets, for every option and argument. */
import type { Argument, Command, Option } from 'commander';
import { ASKED, type Asked } from '../../commands/asked-kinds.ts';
import { TOPICS } from '../../commands/topics.ts';

/** What a shell offers for a value: words, files, or what `ir completion --values KIND` prints. */
export type Values =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'asked'; of: Asked }
  | { kind: 'files' }
  | { kind: 'folders' }
  | { kind: 'nothing' };

const FOLDER = /^folders?$/;
const FILE = /(?:^|\|)(?:file|path)s?$/;

/** The values of an option; undefined where it takes none. */
export function valuesOfOption(option: Option): Values | undefined {
  if (!option.required && !option.optional) return undefined;
  const name = /[<[](.*?)(?:\.\.\.)?[>\]]$/.exec(option.flags)?.[1] ?? '';
  return valuesOf(name, option.argChoices);
}

/** The values of the last argument of a command, which is the one that may be repeated. */
export function valuesOfArguments(program: Command, args: readonly Argument[]): Values {
  const last = args.at(-1);
  if (last === undefined) return { kind: 'nothing' };
  if (last.name() === 'topic') {
    const names = program.commands.map((command) => command.name());
    return { kind: 'words', words: [...names, ...TOPICS.map(({ name }) => name)] };
  }
  return valuesOf(last.name(), last.argChoices);
}

function valuesOf(name: string, words: readonly string[] | undefined): Values {
  if (words !== undefined) return { kind: 'words', words };
  const of = (Object.keys(ASKED) as Asked[]).find((asked) =>
    name.split(/[|=]/).some((part) => part === ASKED[asked]),
  );
  // Of `<glob=format>` the shell sees one word, which begins with a path.
  if (of !== undefined && !name.includes('=')) return { kind: 'asked', of };
  if (FOLDER.test(name)) return { kind: 'folders' };
  return FILE.test(name) || name.startsWith('glob') ? { kind: 'files' } : { kind: 'nothing' };
}
