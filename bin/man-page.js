/** The manual page, in the macros of man(7). */
import { commandsOf, describe, moreHelp, placeholder, sentence } from './command-tree.js';

/** @returns the text of `ir.1` */
export function manPage(program, version) {
  const leaves = commandsOf(program).filter(({ children }) => children.length === 0);
  return `${[
    '.\\" Made from the program by bin/write-cli-docs.js.',
    `.TH IR 1 "" "Breachline ${version}" "User Commands"`,
    '.SH NAME',
    `ir \\- ${plain(program.description().replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    '.B ir',
    '.RI [ options ]\n.I command\n.RI [ arguments ]',
    '.SH DESCRIPTION',
    plain(program.description()),
    plain('What a run prints, and its exit codes, are contracts.'),
    '.SH OPTIONS OF ALL COMMANDS',
    ...program.options.map(optionItem),
    '.SH COMMANDS',
    ...leaves.flatMap(commandSection),
    '.SH EXAMPLES AND EXIT CODES',
    verbatim(moreHelp(program)),
    '.SH FILES',
    '.TP\n.I .ir/',
    'the store of the incidents, in the folder where it was made or one above',
    '.TP\n.I $XDG_CONFIG_HOME/ir/',
    'rules, playbooks and report templates of your own (default: ~/.config/ir/)',
  ].join('\n')}\n`;
}

function commandSection({ name, description, args, options, more }) {
  const extra = more();
  return [
    `.SS "${plain([name, ...args.map(placeholder)].join(' ')).replaceAll('"', '\\(dq')}"`,
    plain(sentence(description)),
    ...args
      .filter(({ description: text }) => text)
      .map((argument) => `.TP\n.I ${plain(argument.name())}\n${plain(argument.description)}`),
    ...options.map(optionItem),
    ...(extra === '' ? [] : ['.PP', verbatim(extra)]),
  ];
}

const optionItem = (option) => `.TP\n.B ${plain(option.flags)}\n${plain(describe(option))}`;

const verbatim = (text) => `.nf\n${text.split('\n').map(plain).join('\n')}\n.fi`;

/** Text in which nothing is a request or an escape. */
const plain = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replace(/^(?=[.'])/, '\\&');
