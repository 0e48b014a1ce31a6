/**
 * The shapes in which Python's logging and its relatives write a line of text. Each pattern names its parts;
 * the first that fits wins, so the more specific stand first. All are linear: every part is a bounded class
 * that cannot run into the next.
 */

import { ZONE_NAME_PATTERN } from '../../events/zone-names.ts';

/** The parts of a line; absent ones are undefined. */
export interface TextLine {
  time: string | undefined;
  level: string;
  logger: string | undefined;
  pid: string | undefined;
  thread: string | undefined;
  function: string | undefined;
  line: string | undefined;
  message: string;
}

const LEVEL = '(?<level>TRACE|DEBUG|INFO|NOTICE|SUCCESS|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL)';
const TIME = `(?<time>\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?: ?(?:Z|[+-]\\d\\d(?::?\\d\\d)?|${ZONE_NAME_PATTERN}))?)`;
const LOGGER = '(?<logger>[\\w.$:/-]{1,160})';
const REST = '(?<message>.*)$';

const PATTERNS: readonly RegExp[] = [
  // Formatter('%(asctime)s - %(name)s - %(levelname)s - %(message)s'), with one more column at most
  `^${TIME} - ${LOGGER} - (?:[\\w.:-]{1,80} - )?${LEVEL} - ${REST}`,
  `^${TIME} - ${LEVEL} - ${REST}`,
  // loguru
  `^${TIME} \\| ${LEVEL}\\s{0,8} \\| (?<logger>[\\w.<>]{1,160}):(?<function>[\\w.<>]{1,120}):(?<line>\\d{1,7}) - ${REST}`,
  // Flask
  `^\\[${TIME}\\] ${LEVEL} in ${LOGGER}: ${REST}`,
  // gunicorn
  `^\\[${TIME}\\] \\[(?<pid>\\d{1,10})\\] \\[${LEVEL}\\] ${REST}`,
  // Celery
  `^\\[${TIME}: ${LEVEL}/(?<thread>[\\w-]{1,80})\\] ${REST}`,
  `^\\[${TIME}\\] \\[?${LEVEL}\\]?:? (?:\\[${LOGGER}\\] )?${REST}`,
  // log4j and logback: time [thread] LEVEL logger - message
  `^${TIME}\\s{1,4}\\[(?<thread>[^\\]]{1,120})\\]\\s{1,4}${LEVEL}\\s{1,4}${LOGGER}\\s{1,4}(?:[-:] )?${REST}`,
  // Hadoop, Kafka: time LEVEL [thread] dotted.logger: message
  `^${TIME}\\s{1,4}${LEVEL}\\s{1,6}\\[(?<thread>[^\\]]{1,120})\\]\\s{1,4}(?<logger>[A-Za-z_][\\w$]{0,60}(?:\\.[\\w$]{1,60}){1,12}): ${REST}`,
  // ZooKeeper: time [myid:1] - LEVEL [thread:class@line] - message
  `^${TIME} (?:\\[myid:\\d{0,6}\\] )?- ${LEVEL}\\s{1,2}\\[(?<thread>.{1,120}):(?<logger>[\\w$]{1,80})@(?<line>\\d{1,7})\\] - ${REST}`,
  // time LEVEL [logger] (thread) message, time LEVEL dotted.logger: message
  `^${TIME}\\s{1,4}\\[?${LEVEL}\\]?:?\\s{1,6}(?:\\[${LOGGER}\\]\\s{1,4})?(?:\\((?<thread>[^()]{1,80})\\)\\s{1,4})?${REST}`,
  // Django's documented verbose and simple styles
  `^${LEVEL} ${TIME} (?<logger>[\\w.]{1,120}) (?<pid>\\d{1,10}) (?<thread>\\d{1,20}) ${REST}`,
  `^${LEVEL} ${TIME} ${REST}`,
  // basicConfig's default
  `^${LEVEL}:(?<logger>[\\w.-]{1,120}):${REST}`,
  // uvicorn
  `^${LEVEL}:\\s{2,9}${REST}`,
].map((source) => new RegExp(source));

const DOTTED_LOGGER = /^([A-Za-z_]\w{0,60}(?:\.\w{1,60}){1,12}): /;
/** Lines in which no pattern can fit are turned down before any is tried. */
const START = /^(?:\[?\d{4}-\d\d-\d\d[ T]\d\d:|[A-Z]{4,8}(?::| \d{4}-))/;
const MAX_HEAD = 1024;

/** Splits a line; undefined when it has none of the known shapes. */
export function splitTextLine(line: string): TextLine | undefined {
  if (!START.test(line)) return undefined;
  const head = line.length > MAX_HEAD ? line.slice(0, MAX_HEAD) : line;
  for (const pattern of PATTERNS) {
    const groups = pattern.exec(head)?.groups;
    if (groups === undefined) continue;
    const message = (groups['message'] ?? '') + line.slice(head.length);
    const dotted =
      groups['logger'] === undefined ? DOTTED_LOGGER.exec(message.slice(0, 400)) : null;
    return {
      time: groups['time'],
      level: (groups['level'] ?? '').toLowerCase(),
      logger: groups['logger'] ?? dotted?.[1],
      pid: groups['pid'],
      thread: groups['thread'],
      function: groups['function'],
      line: groups['line'],
      message: dotted === null ? message : message.slice(dotted[0].length),
    };
  }
  return undefined;
}
