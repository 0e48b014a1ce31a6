/** How a failure is shown: one line, one hint, a caret under the place; a stack only with --debug. */
import { type ExitCode, IrError, messageOf } from '../errors.ts';
import { wrap } from './layout.ts';
import { neutraliseLine, safeJson } from './neutralise.ts';
import { columnsOf, createStyle } from './style.ts';

interface PrintErrorOptions {
  wantsJson: boolean;
  isDebug: boolean;
  env: NodeJS.ProcessEnv;
}

/** Writes an error to stderr; with --json as one JSON object. */
export async function printError(
  error: unknown,
  { wantsJson, isDebug, env }: PrintErrorOptions,
): Promise<void> {
  const text = wantsJson ? errorJson(error) : errorText(error, env);
  const stack = isDebug && error instanceof Error ? `${error.stack ?? ''}\n` : '';
  process.stderr.write(await withoutSecrets(text + stack));
}

/** Nothing of what these need is in most messages: the detectors are not looked at then. */
const MAY_TELL = /[=@%]|\d{6}|[\w-]{20}|pass|pwd|secret|token|key|cookie|auth|bearer/i;

/** A message may hold a value, a line or an address that was given: what nobody should read is left out of it. */
async function withoutSecrets(text: string): Promise<string> {
  if (!MAY_TELL.test(text)) return text;
  const { hide } = await import('../masking/mask.ts');
  return hide(text);
}

/** Writes to stderr why a command that gave a result did not end with 0. */
export async function printReasons(
  reasons: readonly string[],
  exit: Exclude<ExitCode, 0>,
  wantsJson: boolean,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const reason of reasons) {
    const text = wantsJson
      ? `${JSON.stringify({ error: reason, exit })}\n`
      : errorText(new IrError(reason, { exit }), env);
    process.stderr.write(await withoutSecrets(text));
  }
}

function errorJson(error: unknown): string {
  const known = error instanceof IrError ? error : undefined;
  const document = {
    error: messageOf(error),
    hint: known?.hint,
    source: known?.source,
    exit: known?.exit ?? 70,
  };
  return `${safeJson(JSON.stringify(document))}\n`;
}

/** What is written of an error: what failed, where, and what to do. */
export function errorText(error: unknown, env: NodeJS.ProcessEnv): string {
  const { paint } = createStyle(process.stderr, 'auto', env);
  // Broken between words where somebody reads it; one line each where a program does.
  const width = process.stderr.isTTY === true ? (columnsOf(process.stderr, env) ?? 80) : undefined;
  const paragraph = (label: string, text: string): string =>
    width === undefined
      ? `${label} ${neutraliseLine(text)}`
      : wrap(`${label} ${text}`, width - 2)
          .map((line, index) => (index === 0 ? line : `  ${line}`))
          .join('\n');
  const paintLabel = (label: string, text: string, colour: (label: string) => string): string =>
    paragraph(label, text).replace(label, () => colour(label));
  const lines = [paintLabel('ir: error:', messageOf(error), paint.red)];
  if (!(error instanceof IrError)) {
    const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 6) : [];
    lines.push(...stack.map(neutraliseLine));
    lines.push('This is a bug in ir. Please report it with the lines above.');
    return `${lines.join('\n')}\n`;
  }
  if (error.source !== undefined) {
    const { path, line, column, text } = error.source;
    lines.push(
      `  at ${neutraliseLine(path)}${line === undefined ? '' : `:${line}`}${column === undefined ? '' : `:${column}`}`,
    );
    if (text !== undefined) {
      lines.push(`  | ${neutraliseLine(text)}`);
      if (column !== undefined)
        lines.push(`  | ${' '.repeat(Math.max(0, column - 1))}${paint.red('^')}`);
    }
  }
  if (error.hint !== undefined) lines.push(`  ${paintLabel('hint:', error.hint, paint.dim)}`);
  return `${lines.join('\n')}\n`;
}
