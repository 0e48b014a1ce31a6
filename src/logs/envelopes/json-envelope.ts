/**
 * Lines of other logs inside a JSON record: what Docker, Filebeat, Fluentd, Vector, Logstash, rsyslog and cloud log
 * stores collected. Which key holds the line, and which key is which field of the envelope, is in tables.
 */
import type { EcsField } from '../../events/event.ts';
import { isRecord } from '../formats/json-fields.ts';
import { textOf } from '../formats/json-values.ts';
import type { OwnFields } from './wrapped.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** A path of keys, taken apart once. */
interface KeyPath {
  whole: string;
  first: string;
  rest: KeyPath | undefined;
}

function keyPath(whole: string): KeyPath {
  const dot = whole.indexOf('.');
  if (dot < 0) return { whole, first: whole, rest: undefined };
  return { whole, first: whole.slice(0, dot), rest: keyPath(whole.slice(dot + 1)) };
}

const pathsOf = (text: string): readonly KeyPath[] => text.split(' ').map(keyPath);

/** Paths whose text is a line as the source wrote it, the surest first. */
const LINE_PATHS = pathsOf(
  'event.original log _raw textPayload LogEntry LogMessage SyslogMessage full_message',
);
/** An application writes its own words under these; beside a level they are no collected line. */
const WORD_PATHS = pathsOf(
  'message MESSAGE msg line short_message resultDescription properties.log body',
);

/** Paths under which collectors write what the envelope knows. */
const OWN_PATHS: readonly (readonly [EcsField, readonly KeyPath[]])[] = (
  [
    [
      'container.name',
      'kubernetes.container_name kubernetes.container.name container.name container_name docker.container_name ' +
        'resource.labels.container_name attrs.name _container_name ContainerName labels.container stream.container properties.containerName',
    ],
    [
      'container.id',
      'kubernetes.docker_id container.id container_id docker.container_id docker.container.id _container_id ContainerId ContainerID properties.containerID',
    ],
    [
      'orchestrator.namespace',
      'kubernetes.namespace_name kubernetes.namespace kubernetes.pod_namespace resource.labels.namespace_name ' +
        'labels.namespace stream.namespace PodNamespace',
    ],
    [
      'orchestrator.resource.name',
      'kubernetes.pod_name kubernetes.pod.name resource.labels.pod_name labels.pod stream.pod PodName properties.pod',
    ],
    [
      'host.name',
      'host.name kubernetes.host kubernetes.node.name HostName Computer resource.labels.instance_id hostname host _HOSTNAME beat.hostname agent.hostname',
    ],
    ['aws.cloudwatch.log_group', 'logGroup logGroupName'],
    ['aws.cloudwatch.log_stream', 'logStream logStreamName'],
  ] as const
).map(([field, paths]) => [field, pathsOf(paths)]);

/** Paths under which collectors of syslog write the program. */
const PROGRAM_PATHS = pathsOf(
  'program programname ident SYSLOG_IDENTIFIER appname app_name syslogtag tag process_name ProcessName process.name log.syslog.appname',
);

/** Keys that only a collector writes: beside them a level is its own. */
const COLLECTOR_KEYS =
  'stream facility kubernetes agent beat source_type logGroup logStreamName ingestionTime insertId labels docker container syslog_facility logtag'.split(
    ' ',
  );

/** The value at a path of keys; a record may also write the path as one key. */
function valueAt(record: JsonRecord, { whole, first, rest }: KeyPath): unknown {
  if (Object.hasOwn(record, whole)) return record[whole];
  if (rest === undefined) return undefined;
  const inner = record[first];
  return isRecord(inner) ? valueAt(inner, rest) : undefined;
}

/** Exports put the record that was collected into one of their own: Splunk, Elasticsearch. */
function collectedRecord(record: JsonRecord): JsonRecord {
  const result = record['result'] ?? record['_source'];
  return isRecord(result) ? result : record;
}

/** A collected line and what the record says of it. */
export interface CollectedLine {
  text: string;
  own: OwnFields;
  /** Undefined when nothing tells that lines of one source follow one another. */
  stream: string | undefined;
  isPartial: boolean;
}

const MIN_LENGTH = 4;
/** Docker cuts lines into pieces of so many bytes. */
const DOCKER_PIECE = 16_384;

/**
 * The collected line of a record; undefined when it is an application's own record.
 * @param hasLevel does the record say how grave it is? Asked only where it matters
 */
export function collectedLine(
  outer: JsonRecord,
  hasLevel: () => boolean,
): CollectedLine | undefined {
  const record = collectedRecord(outer);
  const { log, stream, logtag } = record;
  // Docker's json-file and its kin: by far the most frequent.
  const isContainer = typeof log === 'string' && typeof stream === 'string';
  const text = isContainer ? log : lineOf(record, hasLevel);
  if (text === undefined) return undefined;
  const isDocker = isContainer && Object.keys(record).length === 3;
  const own = isDocker ? NOTHING : ownFields(record);
  const isPartial =
    logtag === 'P' ||
    (record['partial_message'] === 'true' && record['partial_last'] !== 'true') ||
    (isContainer && isCutPiece(text));
  return {
    text: text.replace(/\r?\n$/, ''),
    own,
    stream: isContainer || isCollected(record) ? streamOf(own, stream) : undefined,
    isPartial,
  };
}

const NOTHING: OwnFields = Object.freeze({});

const isCutPiece = (text: string): boolean =>
  text.length > DOCKER_PIECE / 4 &&
  !text.endsWith('\n') &&
  Buffer.byteLength(text) >= DOCKER_PIECE - 3 &&
  Buffer.byteLength(text) <= DOCKER_PIECE;

const streamOf = (own: OwnFields, output: unknown): string =>
  `${own['host.name'] ?? ''}/${own['orchestrator.namespace'] ?? ''}/${own['orchestrator.resource.name'] ?? ''}/${
    own['container.id'] ?? own['container.name'] ?? ''
  }/${own['aws.cloudwatch.log_stream'] ?? ''}/${typeof output === 'string' ? output : ''}`;

const isCollected = (record: JsonRecord): boolean =>
  COLLECTOR_KEYS.some((key) => Object.hasOwn(record, key)) || record['severity'] === 'DEFAULT';

function lineOf(record: JsonRecord, hasLevel: () => boolean): string | undefined {
  for (const path of LINE_PATHS) {
    const text = valueAt(record, path);
    if (typeof text === 'string' && text.length >= MIN_LENGTH) return text;
  }
  for (const path of WORD_PATHS) {
    const text = valueAt(record, path);
    if (typeof text !== 'string' || text.length < MIN_LENGTH) continue;
    return isCollected(record) || !hasLevel() ? text : undefined;
  }
  return undefined;
}

function ownFields(record: JsonRecord): OwnFields {
  const own: Record<string, unknown> = {};
  for (const [field, paths] of OWN_PATHS) {
    for (const path of paths) {
      const text = textOf(valueAt(record, path));
      if (text === undefined || text === '' || text.length > 256) continue;
      // Docker's own name of a container begins with a slash.
      own[field] = field === 'container.name' ? text.replace(/^\//, '') : text;
      break;
    }
  }
  return own as OwnFields;
}

/** The program whose message a collector took its tag off: `{"program":"sshd","message":"Failed ..."}`. */
export function programOf(record: JsonRecord): string | undefined {
  for (const path of PROGRAM_PATHS) {
    const text = valueAt(record, path);
    if (typeof text === 'string' && text !== '' && text.length < 64) {
      return text.replace(/(?:\[\d{1,10}\])?:?$/, '');
    }
  }
  return undefined;
}
