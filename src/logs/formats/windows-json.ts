/** Windows events as JSON: of evtx_dump, Winlogbeat, NXLog, Get-WinEvent and their like. */
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { isRecord } from './json-fields.ts';
import { jsonSplitter, looksLikeDocument } from './json-records.ts';
import type { LogFormat } from './log-format.ts';
import { recordOfJson } from './windows/from-json.ts';
import { JSON_EVENT_SAMPLES } from './windows/json-samples.ts';
import { WINDOWS_SOURCES } from './windows/log-sources.ts';
import { windowsEvent } from './windows/to-event.ts';
import type { WindowsRecord } from './windows/windows-record.ts';

function recordOf(text: string): WindowsRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? recordOfJson(value) : undefined;
  } catch {
    return undefined;
  }
}

function parse(line: string, clock: Clock): Event | Skip {
  const record = recordOf(line);
  if (record === undefined)
    return skip(line.startsWith('{') ? 'no Windows event in JSON' : 'not JSON');
  return windowsEvent(record, clock, 'windows-json');
}

const MAX_DETECT = 1_000_000;
/** The number and the log of an event, under any of their names. */
const NUMBER = /"(?:EventID|EventId|eventID|event_id|winlog\.event_id|Id)"\s{0,4}:/;
const LOG =
  /"(?:Channel|channel|winlog\.channel|log_name|LogName|provider_name|ProviderName|SourceName|source_name|Provider|providerName)"\s{0,4}:/;

const detect = (line: string): boolean =>
  line.startsWith('{') &&
  line.length <= MAX_DETECT &&
  NUMBER.test(line) &&
  LOG.test(line) &&
  recordOf(line) !== undefined;

/** Windows events that a collector or a converter wrote. */
export const format: LogFormat = {
  name: 'windows-json',
  title: 'Windows event logs as JSON',
  url: 'https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog',
  order: 2,
  sources: WINDOWS_SOURCES,
  ownNames: /^/,
  isNamedAnywhere: true,
  detect,
  parse,
  records: {
    detect: (head) =>
      NUMBER.test(head) &&
      LOG.test(head) &&
      looksLikeDocument(head, (record) => recordOfJson(record) !== undefined),
    splitter: jsonSplitter,
  },
  splittable: true,
  samples: JSON_EVENT_SAMPLES,
};
