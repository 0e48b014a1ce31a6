import type { Command } from 'commander';
import { type Flag, type Place, placesOf, quoted } from './places.ts';
import type { Values } from './values.ts';

/** Completion for fish from 3.0 on. */
export function fishCompletion(program: Command): string {
  const places = placesOf(program);
  const steps = places.slice(1).map(({ at }) => `'${at}'`);
  return `function __ir_is_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case ${steps.join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf(place: Place): string[] {
  const { at, own, children } = place;
  const here = `complete -c ir -n '__ir_is_at "${at}"'`;
  return [
    ...argumentLines(here, place),
    ...children.map(({ name, description }) => `${here} -a ${name} -d ${quoted(description)}`),
    ...own.map((flag) => flagLine(at === '' ? 'complete -c ir' : here, flag)),
  ];
}

function argumentLines(here: string, { children, arguments: values }: Place): string[] {
  if (children.length > 0) return [`${here} -f`];
  if (values.kind === 'files') return [];
  const words = wordsOf(values);
  return [`${here} -f${words === undefined ? '' : ` -a ${words}`}`];
}

function flagLine(here: string, { long, description, values }: Flag): string {
  const words = values === undefined ? undefined : wordsOf(values);
  const takes =
    values === undefined
      ? []
      : values.kind === 'files'
        ? ['-r', '-F']
        : ['-x', ...(words === undefined ? [] : [`-a ${words}`])];
  return [here, `-l ${long.slice(2)}`, ...takes, `-d ${quoted(description)}`].join(' ');
}

function wordsOf(values: Values): string | undefined {
  switch (values.kind) {
    case 'words':
      return quoted(values.words.join(' '));
    case 'asked':
      return quoted(`(ir completion --values ${values.of} 2>/dev/null)`);
    case 'folders':
      return quoted('(__fish_complete_directories)');
    default:
      return undefined;
  }
}
