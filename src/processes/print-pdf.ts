/** A page as PDF, printed by a Chromium that is installed and reaches no network. Pages for the printer have no script. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { EXIT, IrError } from '../errors.ts';
import { runCommand } from './run-command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const LONGEST_MS = 120_000;

/** The program that prints; undefined where none is installed. IR_CHROMIUM names another. */
export function findChromium(env: Environment): string | undefined {
  const named = env['IR_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(existsSync);
}

/**
 * Prints a page.
 * @param longestMs after so long it is ended
 * @throws IrError (exit 9) where there is no Chromium, it fails or hangs; nothing is left then
 */
export async function printPdf(
  page: string,
  env: Environment,
  signal: AbortSignal,
  longestMs = LONGEST_MS,
): Promise<Uint8Array> {
  const program = findChromium(env);
  if (program === undefined)
    throw new IrError('a PDF needs Chromium, which is not installed', {
      exit: EXIT.outputFailed,
      hint: 'Install chromium, name it in IR_CHROMIUM, or write --format html and print that.',
    });
  const folder = await mkdtemp(join(tmpdir(), 'ir-pdf-'));
  try {
    const html = join(folder, 'report.html');
    const pdf = join(folder, 'report.pdf');
    await writeFile(html, page, { mode: 0o600 });
    const ran = await runCommand({
      argv: [
        program,
        ...OPTIONS,
        ...asRoot(),
        `--user-data-dir=${join(folder, 'profile')}`,
        `--print-to-pdf=${pdf}`,
        `file://${html}`,
      ],
      timeoutMs: longestMs,
      outputFolder: undefined,
      environment: env,
      textBytes: 2_000,
      signal,
    });
    if (ran.exitCode === 0 && existsSync(pdf)) return await readFile(pdf);
    const why = ran.failure ?? `exit code ${ran.exitCode}`;
    throw new IrError(`Chromium printed no PDF: ${why}`, {
      exit: EXIT.outputFailed,
      hint: `${program} was run; --format html writes a page that any browser prints.`,
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

const OPTIONS = [
  ...['--headless', '--disable-gpu', '--no-first-run', '--disable-extensions', '--disable-sync'],
  ...['--no-pdf-header-footer', '--disable-dev-shm-usage'],
  // Nothing is asked for, and nothing could be.
  '--host-resolver-rules=MAP * ~NOTFOUND',
];

/** Its own walls need an ordinary user; the page has no script to hold. */
const asRoot = (): string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : []);
