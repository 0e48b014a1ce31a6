/** The options that say facts of a case, declared once for all commands that take them. */
import type { Command } from 'commander';
import { offering } from './usage.ts';

const DATA =
  'personal health payment financial credentials proprietary legal classified system'.split(' ');
const LOSSES = 'none suspected_loss contained confirmed_loss exploited_loss'.split(' ');
const TLPS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'];
const FOUND_BY =
  'own_monitoring own_staff customer partner authority researcher attacker other'.split(' ');

/** Adds the options; a clock is started with those alone that laws ask for. */
export function addFactOptions(command: Command, scope: 'all' | 'clock'): void {
  command
    .addOption(offering('--data <kinds>', 'kinds of data affected, with commas', DATA))
    .option('--records <count>', 'how many records, about')
    .option('--people <count>', 'how many people are concerned, about')
    .option('--countries <codes>', 'countries of the people concerned, such as DE,FR or US-CA')
    .addOption(offering('--loss <state>', 'what became of the data', LOSSES));
  if (scope === 'clock') return;
  command
    .addOption(offering('--tlp <level>', 'with whom it may be shared', TLPS))
    .option('--codename <name>', 'a name that says nothing')
    .addOption(offering('--privileged <word>', 'written for counsel', ['yes', 'no']))
    .addOption(offering('--found-by <word>', 'how it came to be known', FOUND_BY))
    .option('--vector <text>', 'how they came in')
    .option('--duplicate-of <key>', 'the incident that this one repeats')
    .option('--merged-into <key>', 'the incident that goes on in its place')
    .option('--part-of <key>', 'the incident that this one is a part of');
}
