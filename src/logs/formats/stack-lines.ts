/** Lines that belong to the log entry above them: stack traces of the common languages, indented text. */

const STARTS = [
  'Traceback (most recent call last):',
  'Caused by: ',
  'Suppressed: ',
  'During handling of the above exception',
  'The above exception was the direct cause',
  'Stack trace:',
  'PHP Stack trace:',
  'goroutine ',
  'Exception in thread ',
];
// `ValueError: text`, `requests.exceptions.Timeout`, `java.lang.IllegalStateException: text`.
const EXCEPTION_LINE =
  /^(?:[A-Za-z_]\w{0,63}\.){0,12}[A-Z]\w{0,63}(?:Error|Exception|Warning|Exit|Interrupt|Timeout|Fault|Throwable|Iteration)(?::|$)|^(?:[A-Za-z_]\w{0,63}\.){1,12}[A-Z]\w{0,63}(?:: |$)/;
const FRAME =
  /^(?:#\d{1,4} |\.\.\. \d{1,6} (?:more|common frames omitted)|\d{1,3}\. \S|={3,}|-{3,}$)/;

/** True for an indented line, a stack frame, a traceback header or the exception line that ends one. */
export function isStackLine(line: string): boolean {
  const first = line.charCodeAt(0);
  // Tab or space with something behind it; the empty line inside a traceback counts too.
  if (first === 9 || first === 32) return true;
  if (line === '') return true;
  if (first === 35 || first === 46 || first === 61 || first === 45) return FRAME.test(line);
  if (STARTS.some((start) => line.startsWith(start))) return true;
  return EXCEPTION_LINE.test(line.slice(0, 400));
}

/** The class of an error and its message. */
export interface StackSummary {
  type: string | undefined;
  message: string | undefined;
}

const PYTHON_LAST = /^((?:[A-Za-z_]\w{0,63}\.){0,12}[A-Za-z_]\w{0,63})(?:: ?(.*))?$/;

/**
 * The error that a stack trace reports. Python names it in the last line that is not indented; Java,
 * Node.js and PHP in the first.
 */
export function summariseStack(lines: readonly string[]): StackSummary {
  const isPython = lines.some((line) => line.startsWith('Traceback (most recent'));
  const candidates = isPython ? [...lines].reverse() : lines;
  for (const line of candidates) {
    if (line === '' || /^\s/.test(line)) continue;
    const text = line.startsWith('Caused by: ') ? line.slice(11) : line;
    if (!isPython && !EXCEPTION_LINE.test(text.slice(0, 400))) continue;
    const found = PYTHON_LAST.exec(text.slice(0, 2000));
    if (found !== null) return { type: found[1], message: found[2] === '' ? undefined : found[2] };
  }
  return { type: undefined, message: undefined };
}
