import type { Command } from 'commander';
import { type Place, placesOf, quoted, valuedFlags } from './places.ts';
import type { Values } from './values.ts';

/** Completion for zsh: a file `_ir` of a folder of `fpath`, or to be sourced after `compinit`. */
export function zshCompletion(program: Command): string {
  const places = placesOf(program);
  return `#compdef ir
_ir() {
local at= word
local -a found
for word in \${words[2,CURRENT-1]}; do
  case "$at $word" in
    (${steps(places)}) at="$at $word" ;;
  esac
done
case "$at \${words[CURRENT-1]}" in
${valuedFlags(places)
  .map(
    ({ at, long, values }) =>
      `  (${at === '*' ? '*' : quoted(at)}' ${long}') ${offer(values)}; return ;;`,
  )
  .join('\n')}
esac
if [[ $PREFIX == -* ]]; then
  case "$at" in
${places
  .map(({ at, flags }) => {
    const items = flags.map(({ long, description }) => item(long, description));
    return `    ('${at}') found=(${items.join(' ')}) ;;`;
  })
  .join('\n')}
  esac
  _describe -o option found
else
  case "$at" in
${places.map(argumentsAt).join('\n')}
  esac
fi
}
if [[ $funcstack[1] == _ir ]]; then _ir "$@"; else compdef _ir ir; fi
`;
}

function argumentsAt({ at, children, arguments: values }: Place): string {
  if (children.length === 0) return `    ('${at}') ${offer(values)} ;;`;
  const items = children.map(({ name, description }) => item(name, description));
  return `    ('${at}') found=(${items.join(' ')}); _describe command found ;;`;
}

const steps = (places: readonly Place[]): string =>
  places
    .slice(1)
    .map(({ at }) => `'${at}'`)
    .join('|');

const item = (name: string, text: string): string =>
  quoted(`${name.replaceAll(':', '\\:')}:${text}`);

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `compadd -- ${values.words.map(quoted).join(' ')}`;
    case 'asked':
      return `compadd -- \${(f)"$($words[1] completion --values ${values.of} 2>/dev/null)"}`;
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    case 'nothing':
      return ':';
  }
}
