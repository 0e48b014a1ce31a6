/** Of a file in which no line has a time: which setting of its logger adds one. */

const STYLE = 'its formatter needs asctime: "{asctime} {levelname} {name} {message}"';

/** By format, what writes such lines with the defaults of the logger. */
const SETTINGS: Readonly<Record<string, string>> = {
  'json-lines':
    'winston adds one with format.combine(format.timestamp(), format.json()), other loggers with a field such as time or @timestamp',
  django: `in LOGGING of settings.py, ${STYLE}`,
  python: `in logging.basicConfig or dictConfig, ${STYLE}`,
  'dotnet-console': 'the console formatter adds one with TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ "',
};

/** What to do about a file of a format whose events have no time, as a sentence. */
export function untimedAdvice(format: string): string {
  const setting = SETTINGS[format] ?? 'look for a setting of the program that adds one';
  return `no line has a time, so none stands in the timeline's order: ${setting}`;
}
