/**
 * The normalised event: one flat object with ECS field names as keys.
 * Pure data; knows no files, no formats, no rules.
 */

/**
 * How far `timeUs` can be trusted. `dst-gap`: the zone's clocks were set forward over the time that is written;
 * `dst-overlap`: they were set back, it came twice, and the earlier one is taken
 * unless the order of the lines tells. `zone-ambiguous`: the stamp names a
 * zone by letters that several zones use, and is read in `--tz`. `after-file-date`: the stamp has
 * no year, and lies after the file's date in every year that the file allows.
 */
export type TimeConfidence =
  | 'exact'
  | 'zone-assumed'
  | 'zone-ambiguous'
  | 'year-inferred'
  | 'after-file-date'
  | 'dst-gap'
  | 'dst-overlap'
  | 'none';

/** How an event came to its host, where its line names none: `--host`, the image's `etc/hostname`, or a folder's name. */
export type HostBasis = 'option' | 'hostname-file' | 'folder';

/**
 * The ECS 8 fields that formats fill. A format sets only what the line says; absent means unknown.
 * @see https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html
 */
export interface EcsFields {
  message: string;
  'event.kind': string;
  'event.category': readonly string[];
  'event.type': readonly string[];
  /** What happened, a stable verb phrase such as `ssh_login`, `session_opened`, `user_added`. */
  'event.action': string;
  'event.outcome': 'success' | 'failure' | 'unknown';
  /** Where the line comes from, e.g. `system.auth`, `nginx.access`, `auditd.log`, `aws.cloudtrail`. */
  'event.dataset': string;
  'event.provider': string;
  'event.code': string;
  'event.id': string;
  'event.reason': string;
  /** Nanoseconds. */
  'event.duration': number;
  'source.ip': string;
  'source.address': string;
  'source.port': number;
  'source.user.name': string;
  'destination.ip': string;
  'destination.address': string;
  'destination.port': number;
  'destination.bytes': number;
  'source.bytes': number;
  'network.transport': string;
  'network.protocol': string;
  'network.direction': string;
  'observer.ingress.interface.name': string;
  'observer.egress.interface.name': string;
  'user.name': string;
  'user.id': string;
  'user.domain': string;
  'user.effective.name': string;
  'user.effective.id': string;
  'user.target.name': string;
  'user.target.id': string;
  'user.group.name': string;
  'group.name': string;
  'group.id': string;
  'host.name': string;
  'host.hostname': string;
  'host.ip': string;
  'process.name': string;
  'process.pid': number;
  'process.parent.pid': number;
  'process.parent.name': string;
  'process.parent.executable': string;
  'process.parent.command_line': string;
  'process.executable': string;
  'process.command_line': string;
  'process.args': readonly string[];
  'process.title': string;
  'process.working_directory': string;
  'process.exit_code': number;
  'process.thread.name': string;
  'file.path': string;
  'file.name': string;
  'file.mode': string;
  'file.owner': string;
  'http.request.method': string;
  'http.request.referrer': string;
  'http.request.id': string;
  'http.request.body.bytes': number;
  'http.response.status_code': number;
  'http.response.body.bytes': number;
  'http.version': string;
  'url.original': string;
  'url.path': string;
  'url.query': string;
  'url.domain': string;
  'url.scheme': string;
  'url.extension': string;
  'user_agent.original': string;
  'log.level': string;
  'log.logger': string;
  'log.syslog.priority': number;
  'log.syslog.facility.code': number;
  'log.syslog.severity.code': number;
  'log.syslog.msgid': string;
  'log.origin.file.name': string;
  'log.origin.file.line': number;
  'log.origin.function': string;
  'error.message': string;
  'error.type': string;
  'error.code': string;
  'error.stack_trace': string;
  'service.name': string;
  'service.type': string;
  'session.id': string;
  'trace.id': string;
  'rule.name': string;
  'container.id': string;
  'container.name': string;
  'orchestrator.namespace': string;
  /** The pod. */
  'orchestrator.resource.name': string;
  /** Not ECS: the names of Elastic's AWS integration. */
  'aws.cloudwatch.log_group': string;
  'aws.cloudwatch.log_stream': string;
  'cloud.provider': string;
  'cloud.region': string;
  'cloud.account.id': string;
  'cloud.service.name': string;
  'tls.version': string;
  'registry.path': string;
  'dns.question.name': string;
  /** Not ECS: the names of Elastic's Winlogbeat. */
  'winlog.channel': string;
  'winlog.record_id': string;
  'winlog.logon.type': string;
  'related.ip': readonly string[];
  'related.user': readonly string[];
}

/** The name of an ECS field of ours. */
export type EcsField = keyof EcsFields;

/**
 * One thing that happened. Formats build it with a literal that always has the same keys in the same
 * order (absent ones `undefined`), so that V8 keeps one object shape per format.
 */
export interface Event extends Partial<{ [K in EcsField]: EcsFields[K] | undefined }> {
  /** Microseconds since 1970-01-01T00:00:00Z; `undefined` when the line carries no time. */
  timeUs: number | undefined;
  timeConfidence: TimeConfidence;
  /** The name of the log format that read it. */
  format: string;
  /**
   * The record as the source wrote it (parsed JSON, auditd key/value pairs), for Sigma rules that use
   * the source's own field names, such as `requestParameters.bucketName` or `a0`. Not printed.
   */
  raw?: Readonly<Record<string, unknown>> | undefined;
  /** What else the document of a Windows event has under `winlog`, by the names of Winlogbeat. */
  winlog?: Readonly<Record<string, unknown>> | undefined;
  /** How often it happened, where one line stands for several (`message repeated 7 times`). Absent: once. */
  repeats?: number | undefined;
  /** The line announces an attempt; how it went says another one, if it went on. */
  isAnnouncing?: boolean | undefined;
  /** How `host.hostname` was found where the line names no host. */
  hostBasis?: HostBasis | undefined;
  /** The line says more than `repeats`, which stops at `MAX_REPEATS`. */
  areRepeatsCut?: boolean | undefined;
}

/** Most that one line stands for: whoever can write the line can write the number. */
export const MAX_REPEATS = 1_000_000;

/** Sets how often an event happened, as its line says it: `times` may be forged, and is bounded. */
export function setRepeats(event: Event, times: number): void {
  event.repeats = Math.min(times, MAX_REPEATS);
  if (times > MAX_REPEATS) event.areRepeatsCut = true;
}

/** Why a line did not become an event: short, lower case, the same text for the same reason. */
export interface Skip {
  skip: string;
}

/** Builds a `Skip`. */
export const skip = (reason: string): Skip => ({ skip: reason });

/** Tells a `Skip` from an `Event`. */
export const isSkip = (parsed: Event | Skip): parsed is Skip => 'skip' in parsed;
