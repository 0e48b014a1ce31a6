/** Readers of Sigma's process, file and connection fields, and of the audit log's own names. */
import type { Event } from '../../events/event.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';
import { computed, read } from './field-reader.ts';

function rawOf(event: Event, key: string): unknown {
  const { raw } = event;
  return raw !== undefined && Object.hasOwn(raw, key) ? raw[key] : undefined;
}

const raw =
  (key: string): FieldReader =>
  (event: Event) =>
    rawOf(event, key);

const present = (values: readonly unknown[]): unknown => {
  const known = values.flat().filter((value) => value !== undefined);
  return known.length > 1 ? [...new Set(known)] : known[0];
};

/** The program that runs, and the path it was started by: `/usr/bin/dash` and `/bin/sh`. */
const image = computed((event) =>
  present([
    event['process.executable'],
    event['event.action'] === 'executed' ? event['file.path'] : undefined,
  ]),
);

const commandLine = computed((event) => event['process.command_line'] ?? event['process.title']);

/** By name and by number; the number of root is known everywhere. */
const user = computed((event) =>
  present([event['user.name'], event['user.id'], event['user.id'] === '0' ? 'root' : undefined]),
);

const targetFilename = computed((event) => present([event['file.path'], rawOf(event, 'name')]));

const initiated = computed((event) => {
  const direction = event['network.direction'];
  return direction === undefined ? undefined : direction === 'egress' ? 'true' : 'false';
});

/** By name as in Sigma's taxonomy. */
export const HOST_READERS: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['Image', image],
  ['CommandLine', commandLine],
  ['ProcessId', read('process.pid')],
  ['ParentProcessId', read('process.parent.pid')],
  [
    'ParentImage',
    computed(
      (event) =>
        rawOf(event, 'ParentImage') ??
        event['process.parent.executable'] ??
        event['process.parent.name'],
    ),
  ],
  [
    'ParentCommandLine',
    computed((event) => rawOf(event, 'ParentCommandLine') ?? event['process.parent.command_line']),
  ],
  ['CurrentDirectory', read('process.working_directory')],
  ['User', user],
  ['LogonId', raw('auid')],
  ['TerminalSessionId', read('session.id')],
  ['TargetFilename', targetFilename],
  ['DestinationIp', read('destination.ip')],
  ['DestinationPort', read('destination.port')],
  ['DestinationHostname', read('destination.address')],
  ['SourceIp', read('source.ip')],
  ['SourcePort', read('source.port')],
  ['SourceHostname', read('source.address')],
  ['Protocol', read('network.transport')],
  ['Initiated', initiated],
  ['Computer', (event) => event['host.name'] ?? event['host.hostname']],
  ['ComputerName', (event) => event['host.name'] ?? event['host.hostname']],
]);

/**
 * Names of the audit log that stand for more than one value of a joined event: `type` is any of its
 * records, `syscall` the number and the name.
 */
export const AUDIT_READERS: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['type', computed((event) => rawOf(event, 'types') ?? rawOf(event, 'type'))],
  ['syscall', computed((event) => present([rawOf(event, 'syscall'), rawOf(event, 'SYSCALL')]))],
  ['arch', computed((event) => present([rawOf(event, 'arch'), rawOf(event, 'ARCH')]))],
  ['name', targetFilename],
]);
