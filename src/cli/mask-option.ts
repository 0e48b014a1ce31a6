/** `--mask` of commands that print, write, send or save what logs say: declared once. */
import type { Command } from 'commander';
import { collect, offering } from './usage.ts';

/** Adds it. @returns the command */
export const withMaskOption = (command: Command): Command =>
  command
    .option(
      '--mask',
      'without passwords, tokens, cards, mail, ids: in the output and in what is saved',
    )
    .addOption(
      offering(
        '--mask-method <method>',
        'with --mask: what stands in their place',
        ['redact', 'hash', 'token'],
        'redact',
      ),
    )
    .addOption(
      offering('--mask-also <kinds>', 'with --mask: these as well (repeatable)', [
        'address',
        'user',
      ]).argParser(collect),
    )
    .option('--mask-key <file>', 'with --mask: the key of hash and token (or IR_MASK_KEY)')
    .option('--mask-keep-network', 'with --mask: addresses of one network stay neighbours');
