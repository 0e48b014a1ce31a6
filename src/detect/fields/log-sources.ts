/**
 * Which Sigma log sources an event belongs to. A rule fits an event when every part of its `logsource`
 * that it states (product, category, service) is one of the event's. So `product: linux` alone fits
 * every Linux event. A rule that states nothing fits nothing; `category: any` fits every event.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md
 */
import type { Event } from '../../events/event.ts';
import type { SigmaLogSource } from '../../sigma/rule.ts';

/** What an event is, in the words of Sigma's log sources. */
interface Source {
  products: readonly string[];
  categories: readonly string[];
  services: readonly string[];
  /** Categories that fit only a rule that also names the service. */
  narrowCategories?: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

const source = (products: string, categories: string, services: string): Source => ({
  products: words(products),
  categories: words(categories),
  services: words(services),
});

/**
 * Programs that write to syslog, by the Sigma service they stand for. Only these separate buckets:
 * anyone can log under any name, so the names in a log must not decide how many buckets there are.
 */
const SERVICE_PROGRAMS: readonly (readonly [services: string, programs: string])[] = [
  ['sshd openssh ssh auth', 'sshd sshd-session sshd-auth dropbear'],
  ['sudo auth', 'sudo sudo-i sudo-rs'],
  ['su auth', 'su runuser'],
  ['login auth', 'login systemd-logind gdm gdm-password lightdm'],
  ['polkit auth', 'polkitd pkexec polkit-agent-helper-1'],
  [
    'useradd auth',
    'useradd usermod userdel groupadd groupmod groupdel passwd chpasswd gpasswd chage chfn chsh',
  ],
  ['cron', 'cron CRON crond CROND anacron crontab atd'],
  ['systemd', 'systemd systemd-networkd systemd-resolved systemd-timesyncd systemd-journald'],
  ['kernel', 'kernel'],
  ['auditd', 'auditd audispd audisp-syslog'],
  ['rsyslog', 'rsyslogd syslogd syslog-ng'],
  ['vsftpd ftp', 'vsftpd'],
  ['proftpd ftp', 'proftpd'],
  ['pure-ftpd ftp', 'pure-ftpd'],
  ['clamav', 'clamd clamscan freshclam clamav clamav-daemon clamonacc'],
  ['guacamole', 'guacd guacamole'],
  ['bind dns', 'named'],
  ['dnsmasq dns', 'dnsmasq'],
  ['postfix mail', 'postfix postfix/smtpd postfix/submission/smtpd postfix/smtps/smtpd'],
  ['dovecot mail', 'dovecot'],
  ['nginx', 'nginx'],
  ['apache', 'apache2 httpd apache'],
  ['mysql', 'mysqld mysql mariadbd'],
  ['postgresql', 'postgres postgresql'],
  ['squid', 'squid'],
  ['openvpn', 'openvpn ovpn-server'],
  ['docker', 'dockerd containerd docker'],
  ['ufw', 'ufw'],
];

const GROUP_OF_PROGRAM: ReadonlyMap<string, number> = new Map(
  SERVICE_PROGRAMS.flatMap(([, programs], index) =>
    words(programs).map((program) => [program, index] as const),
  ),
);

const SYSLOG_FORMATS: ReadonlySet<string> = new Set(['syslog', 'journald']);
const INFRASTRUCTURE_FORMATS: ReadonlySet<string> = new Set([
  'access',
  'cloudtrail',
  'nginx-error',
  'apache-error',
]);

/**
 * A short name shared by the events that the same rules fit. Constant for most formats; for syslog it
 * depends on the program, for the audit log on what happened, for applications on whether the line is
 * about a web request.
 */
export function eventBucket(event: Event): string {
  const { format } = event;
  if (INFRASTRUCTURE_FORMATS.has(format)) return format;
  if (format === 'auditd') return auditBucket(event);
  if (!SYSLOG_FORMATS.has(format)) return isWebRequest(event) ? `${format} web` : format;
  const program = event['process.name'];
  return syslogBucket(
    event['event.dataset'] ?? format,
    program === undefined ? -1 : (GROUP_OF_PROGRAM.get(program) ?? -1),
  );
}

const isWebRequest = (event: Event): boolean =>
  event['url.original'] !== undefined || event['url.path'] !== undefined;

// Called for every line of a syslog: the names are made once.
const syslogBuckets = new Map<string, string[]>();

function syslogBucket(dataset: string, group: number): string {
  let names = syslogBuckets.get(dataset);
  if (names === undefined) {
    names = ['', ...SERVICE_PROGRAMS.map(([services]) => services.split(' ')[0] ?? '')].map(
      (service) => `${dataset} ${service}`,
    );
    syslogBuckets.set(dataset, names);
  }
  return names[group + 1] as string;
}

/** `logsource` categories of an audit event; each combination is one bucket. */
function auditBucket(event: Event): string {
  const action = event['event.action'];
  // A search along PATH fails once per folder; only the call that succeeds starts a process.
  if (action === 'executed' && event['event.outcome'] !== 'failure') return AUDIT_PROCESS;
  if (action === 'execve') return AUDIT_PROCESS;
  if (event['event.category']?.[0] === 'file' && event['event.outcome'] !== 'failure') {
    const type = event['event.type']?.[0];
    if (action === 'renamed') return AUDIT_RENAME;
    if (type === 'creation' || action === 'opened-file' || action === 'wrote-to-file') {
      return type === 'info' ? AUDIT_ACCESS : AUDIT_FILE;
    }
    if (type === 'deletion') return AUDIT_DELETE;
  }
  const isPeerKnown = event['destination.ip'] !== undefined || event['source.port'] !== undefined;
  if (isPeerKnown && (action === 'connected-to' || action === 'accepted-connection-from')) {
    return AUDIT_NETWORK;
  }
  return AUDIT_OTHER;
}

const AUDIT_PROCESS = 'auditd.log process_creation';
const AUDIT_FILE = 'auditd.log file_event';
const AUDIT_ACCESS = 'auditd.log file_access';
const AUDIT_RENAME = 'auditd.log file_event file_rename';
const AUDIT_DELETE = 'auditd.log file_delete';
const AUDIT_NETWORK = 'auditd.log network_connection';
const AUDIT_OTHER = 'auditd.log';

/** Products of `category: application`: frameworks and runtimes that rules exist for. */
const PYTHON = 'python django flask';
const ANY_APPLICATION = `${PYTHON} nodejs node express ruby ruby_on_rails spring jvm java velocity sql php laravel dotnet golang`;

const kinds = new Map<string, readonly Event[]>();

/** An event of every kind that lines of a format may be: between them they have all its log sources. */
export function kindsOf(format: string): readonly Event[] {
  let known = kinds.get(format);
  if (known === undefined) kinds.set(format, (known = makeKinds(format)));
  return known;
}

function makeKinds(format: string): readonly Event[] {
  const event = (fields: Partial<Event>): Event => ({
    timeUs: undefined,
    timeConfidence: 'none',
    format,
    ...fields,
  });
  if (format === 'auditd') {
    const file = { 'event.category': ['file'] };
    return [
      event({ 'event.action': 'execve' }),
      event({ ...file, 'event.action': 'renamed' }),
      event({ ...file, 'event.action': 'opened-file', 'event.type': ['creation'] }),
      event({ ...file, 'event.action': 'opened-file', 'event.type': ['info'] }),
      event({ ...file, 'event.type': ['deletion'] }),
      event({ 'event.action': 'connected-to', 'destination.ip': '192.0.2.1' }),
      event({}),
    ];
  }
  if (!SYSLOG_FORMATS.has(format)) return [event({}), event({ 'url.path': '/' })];
  return [
    ...SERVICE_PROGRAMS.map(([, programs]) => event({ 'process.name': words(programs)[0] })),
    event({ 'event.dataset': 'iptables.log' }),
    event({ 'event.dataset': 'nginx.access' }),
    event({ 'event.dataset': 'system.auth' }),
  ];
}

/** Does a rule of this log source apply to events like `sample`? */
export function ruleFits(logsource: SigmaLogSource, sample: Event): boolean {
  const product = lower(logsource.product);
  const category = lower(logsource.category);
  const service = lower(logsource.service);
  if (product === undefined && category === undefined && service === undefined) return false;
  const known = sourceOf(sample);
  if (product !== undefined && !known.products.includes(product)) return false;
  if (service !== undefined && !known.services.includes(service)) return false;
  if (category === undefined || category === 'any') return true;
  if (known.categories.includes(category)) return true;
  return service !== undefined && known.narrowCategories?.includes(category) === true;
}

const lower = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text.toLowerCase();

function sourceOf(event: Event): Source {
  const { format } = event;
  switch (format) {
    case 'auditd':
      return source('linux', auditBucket(event).slice(AUDIT_OTHER.length), 'auditd');
    case 'cloudtrail':
      return source('aws', '', 'cloudtrail');
    // One format reads the access logs of all web servers; the line does not say which one wrote it.
    case 'access':
      return source('nginx apache', 'webserver', 'nginx apache access');
    case 'nginx-error':
      return errorLog('nginx');
    case 'apache-error':
      return errorLog('apache');
    default:
      return SYSLOG_FORMATS.has(format) ? syslogSource(event) : applicationSource(event);
  }
}

function syslogSource(event: Event): Source {
  const dataset = event['event.dataset'] ?? '';
  if (dataset.startsWith('iptables')) {
    return source('linux', 'firewall', 'iptables netfilter ufw kernel syslog');
  }
  // A web server that sends its access log through syslog.
  if (dataset.endsWith('.access')) {
    return source('nginx apache', 'webserver', 'nginx apache access syslog');
  }
  const group = GROUP_OF_PROGRAM.get(event['process.name'] ?? '');
  const services = group === undefined ? '' : (SERVICE_PROGRAMS[group]?.[0] ?? '');
  return source('linux', '', `${services} ${dataset === 'system.auth' ? 'auth ' : ''}syslog`);
}

/**
 * The error logs of web servers fit rules that ask for the server or its error log. They repeat requests
 * that the access log has too, so rules for web servers in general would count every attack twice.
 * ModSecurity writes its alerts there.
 */
const errorLog = (server: string): Source => ({
  ...source(`${server} modsecurity`, '', `${server} error modsecurity`),
  narrowCategories: ['webserver'],
});

/** Everything else is the log of an application; what it runs on is known only for some formats. */
function applicationSource(event: Event): Source {
  const categories = `application database${isWebRequest(event) ? ' webserver' : ''}`;
  const isPython = event.format === 'python' || event.format === 'django';
  return source(isPython ? `${PYTHON} sql` : ANY_APPLICATION, categories, 'application');
}
