/**
 * Sigma's field names over our events: the taxonomy of web servers, processes, files and connections,
 * the audit log's and CloudTrail's own names, and ECS names everywhere.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md
 */
import type { Event } from '../../events/event.ts';
import type { FieldReader, FieldResolver } from '../../sigma/compiled-rule.ts';
import type { SigmaLogSource } from '../../sigma/rule.ts';
import { AUDIT_READERS, HOST_READERS } from './field-readers-linux.ts';
import { VIEW_READERS } from './field-readers-views.ts';
import { WEB_READERS } from './field-readers-web.ts';
import { POLICY_READERS } from './policy-grants.ts';
import { rawReader } from './raw-path.ts';
import { sourceNetwork } from './source-network.ts';

/** Names that other tools give to addresses and ports, for log sources without a taxonomy of their own. */
const COMMON_NAMES: ReadonlyMap<string, string> = new Map([
  ['src_ip', 'source.ip'],
  ['srcip', 'source.ip'],
  ['sourceip', 'source.ip'],
  ['src_port', 'source.port'],
  ['dst_ip', 'destination.ip'],
  ['dstip', 'destination.ip'],
  ['destinationip', 'destination.ip'],
  ['dst_port', 'destination.port'],
  ['username', 'user.name'],
  ['user', 'user.name'],
  ['hostname', 'host.hostname'],
  ['program', 'process.name'],
]);

/**
 * Finds the reader of a Sigma field under a log source. Names that no taxonomy has are looked up on the
 * event (ECS), then in the record as the source wrote it (dotted path).
 */
export const resolveField: FieldResolver = (field, logsource) => {
  const name = field.includes(' ') ? field.replaceAll(' ', '') : field;
  if (name === 'ir.source.network') return sourceNetwork;
  const view = VIEW_READERS.get(name) ?? POLICY_READERS.get(name);
  if (view !== undefined) return view;
  if (isWeb(logsource)) return WEB_READERS.get(name.toLowerCase()) ?? plainReader(name);
  if (logsource.service?.toLowerCase() === 'auditd') {
    return AUDIT_READERS.get(name) ?? HOST_READERS.get(name) ?? rawFirstReader(name);
  }
  if (isCloud(logsource)) return rawFirstReader(name);
  if (logsource.product?.toLowerCase() === 'linux' || isHostCategory(logsource)) {
    return HOST_READERS.get(name) ?? plainReader(name);
  }
  if (/^(?:cs|sc|c)[-(]/.test(name))
    return WEB_READERS.get(name.toLowerCase()) ?? plainReader(name);
  return plainReader(name);
};

const WEB_SERVICES: ReadonlySet<string> = new Set('nginx apache access'.split(' '));

function isWeb({ category, service, product }: SigmaLogSource): boolean {
  const named = category?.toLowerCase();
  if (named === 'webserver' || named === 'proxy') return true;
  const server = service?.toLowerCase() ?? product?.toLowerCase() ?? '';
  return named === undefined && WEB_SERVICES.has(server);
}

const isCloud = ({ product, service }: SigmaLogSource): boolean =>
  product?.toLowerCase() === 'aws' || service?.toLowerCase() === 'cloudtrail';

const isHostCategory = ({ category }: SigmaLogSource): boolean =>
  /^(?:process_creation|file_\w+|network_connection)$/.test(category?.toLowerCase() ?? '');

type Fields = Readonly<Record<string, unknown>>;

/** The event's own field, then the source's. Names that objects inherit are never an event's own. */
function plainReader(name: string): FieldReader {
  const readRaw = rawReader(name);
  if (name in Object.prototype) return readRaw;
  const common = COMMON_NAMES.get(name.toLowerCase());
  if (common === undefined) {
    return (event: Event) => (event as unknown as Fields)[name] ?? readRaw(event);
  }
  return (event: Event) =>
    (event as unknown as Fields)[name] ?? readRaw(event) ?? (event as unknown as Fields)[common];
}

/** The source's own name wins: CloudTrail and the audit log have names of their own for everything. */
function rawFirstReader(name: string): FieldReader {
  const readRaw = rawReader(name);
  const readPlain = plainReader(name);
  return (event: Event) => readRaw(event) ?? readPlain(event);
}
