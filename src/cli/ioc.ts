/** `ir ioc`. */
import type { Command } from 'commander';
import type { Declare } from './declare.ts';
import { withMaskOption } from './mask-option.ts';
import { offering } from './usage.ts';

const KINDS = ['address', 'network', 'domain', 'hash', 'url', 'user-agent', 'mail'];
const TLPS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'];
const EXIT_CODES =
  'Exit codes: 0 done, 2 usage, 3 nothing in a list is an indicator, 4 input not readable, 6 refused, 7 store locked or damaged';

const help = (...examples: string[]): string =>
  `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODES}\n`;

const saying = (command: Command): Command =>
  command
    .option('--source <text>', 'where it is known from')
    .addOption(offering('--tlp <level>', 'with whom it may be shared', TLPS))
    .option('--first-seen <time>', 'when it was seen first')
    .option('--last-seen <time>', 'when it was seen last')
    .option('--comment <text>', 'what there is to say');

/** `ir ioc add|list|withdraw|import|export|sightings|extract`. */
export const declareIoc: Declare = (program, run) => {
  const ioc = program
    .command('ioc')
    .description(
      'indicators of the incident: addresses, networks, domains, URLs, hashes, user agents, mail',
    )
    .addHelpText(
      'after',
      help(
        'ir ioc add 203.0.113[.]9 evil.example',
        'ir ioc import misp.json',
        'ir timeline /var/log --ioc incident',
      ),
    );
  saying(
    ioc
      .command('add')
      .description('add indicators, defanged or not')
      .argument('<values...>', 'such as 203.0.113[.]9, hxxps://evil[.]example/x or a hash')
      .addOption(offering('--type <kind>', 'what they are; user agents need it', KINDS)),
  )
    .addHelpText(
      'after',
      help(
        'ir ioc add 203.0.113[.]9 evil[.]example --source "the hoster" --tlp AMBER',
        'ir ioc add "curl/8.1 (x)" --type user-agent',
      ),
    )
    .action(async (values: string[], options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { addIndicators } = await import('../commands/ioc.ts');
        return { result: await addIndicators(context, values, options) };
      }),
    );
  saying(
    ioc
      .command('import')
      .description('add the indicators of a list: text, CSV, STIX 2.1 or MISP JSON')
      .argument('<file>', 'the list'),
  )
    .addHelpText(
      'after',
      help('ir ioc import misp.json --tlp AMBER', 'ir ioc import list.csv --source "the CERT"'),
    )
    .action(async (path: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { importIndicators } = await import('../commands/ioc.ts');
        return { result: await importIndicators(context, path, options) };
      }),
    );
  declareReading(ioc, run);
  declareSharing(ioc, run);
};

const declareReading: Declare = (ioc, run) => {
  ioc
    .command('list')
    .description('list the indicators, with how often each was seen')
    .addOption(offering('--type <kind>', 'only those', KINDS))
    .addHelpText('after', help('ir ioc list', 'ir ioc list --type address --format csv'))
    .action(async (options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { listIndicators } = await import('../commands/ioc.ts');
        return { result: await listIndicators(context, options) };
      }),
    );
  ioc
    .command('withdraw')
    .description('take an indicator back')
    .argument('<indicator>', 'its value, or its number, such as I-012')
    .option('--reason <text>', 'why (needed)')
    .addHelpText('after', help('ir ioc withdraw I-012 --reason "our own proxy"'))
    .action(async (wanted: string, options: object, command: Command) =>
      run(command, 'receipt', async (context) => {
        const { withdrawIndicator } = await import('../commands/ioc.ts');
        return { result: await withdrawIndicator(context, wanted, options) };
      }),
    );
  ioc
    .command('sightings')
    .description(
      'list where the indicators were seen; with paths, look for them in these logs first',
    )
    .argument('[paths...]', 'logs')
    .addHelpText('after', help('ir ioc sightings', 'ir ioc sightings /var/log'))
    .action(async (paths: string[], _options: object, command: Command) =>
      run(command, 'table', async (context) => {
        const { sightings } = await import('../commands/ioc.ts');
        return { result: await sightings(context, paths) };
      }),
    );
};

const declareSharing: Declare = (ioc, run) => {
  withMaskOption(ioc.command('export'))
    .description('write the indicators for others')
    .addOption(offering('--as <form>', 'the form', ['text', 'csv', 'stix', 'misp'], 'text'))
    .option('--defang', 'so that nobody can click on them, in text and CSV')
    .addHelpText(
      'after',
      help(
        'ir ioc export > indicators.txt',
        'ir ioc export --as stix > bundle.json',
        'ir ioc export --as csv --defang',
      ),
    )
    .action(async (options: object, command: Command) =>
      run(command, 'ioc-export', async (context) => {
        const { exportIndicators } = await import('../commands/ioc-export.ts');
        return { result: await exportIndicators(context, options) };
      }),
    );
  saying(
    ioc
      .command('extract')
      .description('find indicators in a text, or in what the saved findings are about')
      .argument(
        '[file]',
        'the text; - reads it from stdin; without it the findings of the incident',
      )
      .option('--add', 'enter them'),
  )
    .addHelpText(
      'after',
      help(
        'ir ioc extract',
        'ir ioc extract mail.txt --add --tlp GREEN',
        'pbpaste | ir ioc extract -',
      ),
    )
    .action(async (path: string | undefined, options: { add?: boolean }, command: Command) =>
      run(command, options.add === true ? 'receipt' : 'table', async (context) => {
        const { extractIndicators } = await import('../commands/ioc-export.ts');
        const { readStdin } = await import('../commands/read-stdin.ts');
        return { result: await extractIndicators(context, path, options, readStdin) };
      }),
    );
};
