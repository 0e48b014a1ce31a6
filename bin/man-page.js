/** The manual pages, in the macros of man(7): one of the program, and one of each command or group. */

/**
 * @param tree the module `dist/cli/tree.js`
 * @returns the texts by file name: `ir.1`, `ir-timeline.1`, ...
 */
export function manPages(tree, program, version, topics) {
  const commands = tree.commandsOf(program);
  const tops = commands.filter(({ path }) => path.length === 1);
  const pages = tops.map((command) => {
    const own = commands.filter(({ path }) => path[0] === command.path[0] && path.length > 1);
    return [`ir-${command.path[0]}.1`, commandPage(tree, command, own, version)];
  });
  return Object.fromEntries([
    ['ir.1', programPage(tree, program, tops, version, topics)],
    ...pages,
  ]);
}

const HEAD = '.\\" Made from the program by bin/write-shell-files.js.';

function programPage(tree, program, tops, version, topics) {
  const groups = [...new Set(tops.map(({ group }) => group))];
  return page([
    HEAD,
    title('IR', version),
    '.SH NAME',
    `ir \\- ${plain(program.description().replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B ir\n.RI [ options ]\n.I command\n.RI [ arguments ]',
    '.SH DESCRIPTION',
    plain(program.description()),
    '.PP',
    plain(
      'Alone it says where the incident stands and what to do next. What a run prints for programs, and its exit codes, are contracts.',
    ),
    '.SH COMMANDS',
    ...groups.flatMap((group) => [
      `.SS ${argument(group)}`,
      ...tops
        .filter((command) => command.group === group)
        .map(
          ({ path, description }) =>
            `.TP\n.BR ir\\-${path[0]} (1)\n${plain(tree.sentence(description))}`,
        ),
    ]),
    '.SH OPTIONS OF ALL COMMANDS',
    ...program.options.filter(({ hidden }) => !hidden).map((option) => optionItem(tree, option)),
    '.SH TOPICS',
    plain('What ir help TOPIC tells:'),
    ...topics.map(({ name, about }) => `.TP\n.B ${plain(name)}\n${plain(tree.sentence(about))}`),
    ...moreSections(tree.moreHelp(program)),
    '.SH FILES',
    '.TP\n.I .ir/\nthe store of the incidents, in the folder where it was made or one above',
    '.TP\n.I $XDG_CONFIG_HOME/ir/\nrules, formats, mappings, playbooks and report templates of your own (default: ~/.config/ir/)',
    '.SH SEE ALSO',
    tops.map(({ path }) => `.BR ir\\-${path[0]} (1)`).join(',\n'),
  ]);
}

function commandPage(tree, command, own, version) {
  const { path, name, description } = command;
  return page([
    HEAD,
    title(`IR-${path[0].toUpperCase()}`, version),
    '.SH NAME',
    `ir\\-${path[0]} \\- ${plain(description)}`,
    '.SH SYNOPSIS',
    (own.length > 0 ? own : [command]).map((one) => synopsis(tree, one)).join('\n.br\n'),
    '.SH DESCRIPTION',
    plain(tree.sentence(description)),
    ...argumentsAndOptions(tree, command, '.SH OPTIONS'),
    ...own.flatMap((one) => [
      `.SH ${argument(one.name.toUpperCase())}`,
      plain(tree.sentence(one.description)),
      ...argumentsAndOptions(tree, one, '.SS Options'),
      ...verbatim(one.more()),
    ]),
    ...moreSections(command.more()),
    '.SH SEE ALSO',
    '.BR ir (1),',
    `whose options are those of ${plain(name)} as well`,
  ]);
}

const page = (parts) =>
  `${parts
    .filter((part) => part !== '')
    .join('\n')
    .replace(/^(\.S[HS] .*)\n\.PP$/gm, '$1')}\n`;
const title = (name, version) =>
  `.TH ${name} 1 "" ${argument(`Breachline ${version}`)} "User Commands"`;

const synopsis = (tree, { name, args, options }) =>
  [
    `.B ${plain(name)}`,
    ...(options.length > 0 ? ['.RI [ options ]'] : []),
    ...(args.length > 0 ? [`.I ${plain(args.map(tree.placeholder).join(' '))}`] : []),
  ].join('\n');

const argumentsAndOptions = (tree, { args, options }, heading) => {
  const described = args.filter(({ description }) => description);
  if (described.length + options.length === 0) return [];
  return [
    heading,
    ...described.map((one) => `.TP\n.I ${plain(one.name())}\n${plain(tree.describe(one))}`),
    ...options.map((option) => optionItem(tree, option)),
  ];
};

const optionItem = (tree, option) =>
  `.TP\n.B ${plain(option.flags)}\n${plain(tree.describe(option))}`;

/** `Examples:` and `Exit codes:` become sections; what else the help says stands in front of them. */
function moreSections(text) {
  return text.split(/\n{2,}/).flatMap((part) => {
    const [, heading, rest] = /^(Exit codes|[A-Z][A-Za-z ]*(?=:\n)):\s([\s\S]+)$/.exec(part) ?? [];
    if (/^Topics/.test(part)) return [];
    if (heading !== undefined) return [`.SH ${argument(heading.toUpperCase())}`, ...verbatim(rest)];
    return verbatim(part);
  });
}

/** Lines as they are, but for those that are prose. */
const verbatim = (text) => {
  if (text === '') return [];
  if (!text.includes('\n') && !text.startsWith(' ')) return ['.PP', plain(text)];
  return [
    '.nf',
    text
      .split('\n')
      .map((line) => (line === '' ? '.sp' : plain(line)))
      .join('\n'),
    '.fi',
  ];
};

/** One argument of a macro. */
const argument = (text) => `"${plain(text).replaceAll('"', '\\(dq')}"`;

/** Text in which nothing is a request or an escape. */
const plain = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^(?=[.'])/, '\\&');
