import { Option } from 'commander';
import type { Declare } from './declare.ts';
import { oneOf } from './usage.ts';

const EXAMPLES = `
Examples:
  ir serve                                    what the watch of this workspace keeps, and the case
  ir serve /var/log                           watches these logs itself
  ir serve --dashboard logins                 begins with the page of logins
  ir serve --write                            answers to steps, notes, acknowledgements and silences in the browser, too
  ir serve --listen 10.0.0.5:8417 --tls-cert cert.pem --tls-key key.pem
  curl -H "Authorization: Bearer $(cat token)" http://127.0.0.1:8417/metrics    for Prometheus

It prints an address whose last part lets in: it is not sent to any server, and is changed for a cookie. Nothing can be changed through
the pages without --write. Only this machine can reach it unless --listen names another address.

Exit codes: 0 done, 2 usage, 4 nothing can listen there, 7 another watch of this name is at work, 130 and 143 interrupted.
`;

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];

/** `ir serve`. */
export const declareServe: Declare = (program, run) => {
  program
    .command('serve')
    .description('show the watch and the case in a browser')
    .argument('[paths...]', 'logs to watch, as ir watch takes them; none: what ir watch keeps')
    .option('--dashboard <name>', 'the page to begin with (default: overview)')
    .option('--name <name>', 'the watch that is shown (default: main)')
    .addOption(oneOf(new Option('--level <level>', 'with paths: lowest level to report'), LEVELS))
    .option(
      '--write',
      'also take answers to steps, notes, acknowledgements and silences; actions never',
    )
    .option('--geoip <file>', 'with paths: a file of places, for countries')
    .option('--listen <address>', 'where, as ADDRESS or ADDRESS:PORT (default: 127.0.0.1:8417)')
    .option(
      '--token-file <file>',
      'the token, for programs that need one that stays (IR_SERVE_TOKEN)',
    )
    .option('--tls-cert <file>', 'certificate, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--insecure', 'without TLS on an address that other machines reach')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], options: Record<string, unknown>, command) => {
      await run(command, 'serve', async (context) => {
        const { serve } = await import('../commands/serve.ts');
        return await serve(context, paths, options);
      });
    });
};
