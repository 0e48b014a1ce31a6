import type { Command } from 'commander';
import { type Place, placesOf, quoted, valuedFlags } from './places.ts';
import type { Values } from './values.ts';

/**
 * Completion for bash from 3.2 on. It starts no process but for what only the program knows, such as the ids of incidents. Words that the
 * program prints are compared and never expanded.
 */
export function bashCompletion(program: Command): string {
  const places = placesOf(program);
  return `_ir_words() {
  local word
  while IFS= read -r word; do
    case $word in "$1"*) COMPREPLY+=("$word") ;; esac
  done
}
_ir_offer() {
  case $1 in
    words) _ir_words "$current" < <(printf '%s\\n' $2) ;;
    asked) _ir_words "$current" < <("\${COMP_WORDS[0]}" completion --values "$2" 2>/dev/null) ;;
    files) _ir_words '' < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null ;;
    folders) _ir_words '' < <(compgen -d -- "$current"); compopt -o filenames 2>/dev/null ;;
  esac
}
_ir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at= word
  if [ "$current" = = ]; then current=
  elif [ "$previous" = = ] && [ "$COMP_CWORD" -gt 1 ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${steps(places)}) at="$at $word" ;;
    esac
  done
  COMPREPLY=()
  case "$at $previous" in
${valuedFlags(places)
  .map(
    ({ at, long, values }) =>
      `    ${at === '*' ? '*' : quoted(at)}' ${long}') ${offer(values)}; return ;;`,
  )
  .join('\n')}
  esac
  if [ "\${current:0:1}" = - ]; then
    case "$at" in
${places
  .map(
    ({ at, flags }) =>
      `      '${at}') ${offer({ kind: 'words', words: flags.map(({ long }) => long) })} ;;`,
  )
  .join('\n')}
    esac
  else
    case "$at" in
${places.map((place) => `      '${place.at}') ${offer(wordsAt(place))} ;;`).join('\n')}
    esac
  fi
}
complete -F _ir ir
`;
}

/** Patterns of the paths at which a name leads on. */
const steps = (places: readonly Place[]): string =>
  places
    .slice(1)
    .map(({ at }) => `'${at}'`)
    .join('|');

const wordsAt = (place: Place): Values =>
  place.children.length > 0
    ? { kind: 'words', words: place.children.map(({ name }) => name) }
    : place.arguments;

function offer(values: Values): string {
  if (values.kind === 'words') return `_ir_offer words '${values.words.join(' ')}'`;
  if (values.kind === 'asked') return `_ir_offer asked ${values.of}`;
  return values.kind === 'nothing' ? ':' : `_ir_offer ${values.kind}`;
}
