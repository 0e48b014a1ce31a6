/** The groups of commands as `ir --help` and what is made from the tree show them. */
import type { Command } from 'commander';

/** What a user wants, and the commands for it: groups and names in their order. */
const GROUPS: readonly (readonly [heading: string, names: string])[] = [
  ['Look at logs', 'timeline grep stats explain'],
  [
    'The case',
    'status show open use list search update note decide task asset ioc clock close reopen',
  ],
  ['While it happens', 'watch serve alerts silence'],
  ['Respond', 'respond contain eradicate recover act actions undo collect check evidence'],
  ['People', 'plan assign handover escalate notify'],
  ['Tell', 'report export metrics'],
  ['Keep logs well', 'mask unmask audit retention hold prepare'],
  ['Where logs are', 'pull push hunt sync'],
  ['Content and practice', 'rules formats playbook drill demo'],
  ['House', 'verify config completion help'],
];

/**
 * Puts the commands into their groups and these into order.
 * @throws Error for a command that is in none
 */
export function groupCommands(program: Command): void {
  const places = new Map(
    GROUPS.flatMap(([heading, names]) => names.split(' ').map((name) => [name, `${heading}:`])).map(
      ([name = '', heading = ''], index) => [name, { heading, index }],
    ),
  );
  const placeOf = (command: Command): { heading: string; index: number } => {
    const place = places.get(command.name());
    if (place === undefined) throw new Error(`ir ${command.name()} is in no group of commands`);
    return place;
  };
  for (const command of program.commands) command.helpGroup(placeOf(command).heading);
  (program.commands as Command[]).sort((a, b) => placeOf(a).index - placeOf(b).index);
}
