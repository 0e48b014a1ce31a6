/** Completion for bash, zsh and fish: static files, which start nothing. Made from the command tree. */
import { commandsOf } from './command-tree.js';

const HEAD = '# Made from the program by bin/write-cli-docs.js.';

/** What may stand at each place: `at` is the path of names below `ir`, each behind a blank. `own` leaves out what may stand everywhere. */
function placesOf(program) {
  const commands = commandsOf(program);
  const everywhere = withHelp(program.options);
  const below = (above) =>
    commands
      .filter(({ path }) => path.slice(0, -1).join() === above.join())
      .map(({ path, description }) => ({ name: path.at(-1), description }));
  return [
    { at: '', own: everywhere, flags: everywhere, children: below([]) },
    ...commands.map(({ path, options }) => ({
      at: path.map((name) => ` ${name}`).join(''),
      own: options,
      flags: [...options, ...everywhere],
      children: below(path),
    })),
  ];
}

const withHelp = (options) => [
  ...options,
  { long: '--help', description: 'show help for a command' },
];

const takesValue = ({ required, optional }) => Boolean(required || optional);
/** Paths at which a name leads on. */
const steps = (places) => places.slice(1).map(({ at }) => `'${at}'`);
const choices = (places) =>
  places.flatMap(({ at, flags }) =>
    flags
      .filter(({ argChoices }) => argChoices)
      .map(({ long, argChoices }) => ({ at, long, argChoices })),
  );
const valued = (places) => [
  ...new Set(places.flatMap(({ flags }) => flags.filter(takesValue).map(({ long }) => long))),
];

export function bashCompletion(program) {
  const places = placesOf(program);
  return `${HEAD}
_ir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${steps(places).join('|')}) at="$at $word" ;;
    esac
  done
  COMPREPLY=()
  case "$at $previous" in
${choices(places)
  .map(({ at, long, argChoices }) => `    '${at} ${long}') words='${argChoices.join(' ')}' ;;`)
  .join('\n')}
    ${valued(places)
      .map((long) => `*' ${long}'`)
      .join('|')}) return ;;
    *)
      case "$at" in
${places
  .map(({ at, flags, children }) => {
    const names = children.map(({ name }) => name).join(' ');
    const options = flags.map(({ long }) => long).join(' ');
    return `        '${at}') if [[ $current == -* ]]; then words='${options}'; else words='${names}'; fi ;;`;
  })
  .join('\n')}
      esac ;;
  esac
  [ -z "$words" ] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _ir ir
`;
}

export function zshCompletion(program) {
  const places = placesOf(program);
  const item = (name, text) => quoted(`${name.replaceAll(':', '\\:')}:${text}`);
  return `#compdef ir
${HEAD}
local at= word
local -a found
for word in \${words[2,CURRENT-1]}; do
  case "$at $word" in
    (${steps(places).join('|')}) at="$at $word" ;;
  esac
done
case "$at \${words[CURRENT-1]}" in
${choices(places)
  .map(
    ({ at, long, argChoices }) =>
      `  ('${at} ${long}') compadd -- ${argChoices.join(' ')}; return ;;`,
  )
  .join('\n')}
  (${valued(places)
    .map((long) => `*' ${long}'`)
    .join('|')}) _files; return ;;
esac
if [[ $PREFIX == -* ]]; then
  case "$at" in
${places
  .map(
    ({ at, flags }) =>
      `    ('${at}') found=(${flags.map(({ long, description }) => item(long, description)).join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  _describe -o option found
else
  case "$at" in
${places
  .filter(({ children }) => children.length > 0)
  .map(
    ({ at, children }) =>
      `    ('${at}') found=(${children.map(({ name, description }) => item(name, description)).join(' ')}) ;;`,
  )
  .join('\n')}
    (*) _files; return ;;
  esac
  _describe command found
fi
`;
}

export function fishCompletion(program) {
  const places = placesOf(program);
  const lines = places.flatMap(({ at, own, children }) => {
    const here = `complete -c ir -n '__ir_is_at "${at}"'`;
    return [
      ...(children.length > 0 ? [`${here} -f`] : []),
      ...children.map(({ name, description }) => `${here} -a ${name} -d ${quoted(description)}`),
      ...own.map(({ long, description, argChoices, ...option }) =>
        [
          at === '' ? 'complete -c ir' : here,
          `-l ${long.slice(2)}`,
          ...(argChoices ? [`-x -a '${argChoices.join(' ')}'`] : takesValue(option) ? ['-r'] : []),
          `-d ${quoted(description)}`,
        ].join(' '),
      ),
    ];
  });
  return `${HEAD}
function __ir_is_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case ${steps(places).join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

/** One word of a shell. All three take what stands between single quotes as it is; none of our texts has a backslash. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
