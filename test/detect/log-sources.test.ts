import { describe, expect, test } from 'vitest';
import { createKinds, ruleFits } from '../../src/detect/fields/log-sources.ts';
import type { Event } from '../../src/events/event.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { SigmaLogSource } from '../../src/sigma/rule.ts';

const event = (format: string, fields: Partial<Event> = {}): Event => ({
  timeUs: 0,
  timeConfidence: 'exact',
  format,
  ...fields,
});

const auth = (program: string): Event =>
  event('syslog', { 'event.dataset': 'system.auth', 'process.name': program });
const audit = (action: string, fields: Partial<Event> = {}): Event =>
  event('auditd', { 'event.dataset': 'auditd.log', 'event.action': action, ...fields });

const kindOf = createKinds(FORMATS);

const EVENTS = {
  access: event('access', { 'event.dataset': 'nginx.access' }),
  nginxError: event('nginx-error', { 'event.dataset': 'nginx.error' }),
  apacheError: event('apache-error', { 'event.dataset': 'apache.error' }),
  sshd: auth('sshd'),
  sudo: auth('sudo'),
  unknownProgram: event('syslog', { 'event.dataset': 'system.syslog', 'process.name': 'acmed' }),
  cron: event('journald', { 'event.dataset': 'system.syslog', 'process.name': 'CRON' }),
  firewall: event('syslog', { 'event.dataset': 'iptables.log', 'process.name': 'kernel' }),
  exec: audit('executed', { 'event.outcome': 'success' }),
  execFailed: audit('executed', { 'event.outcome': 'failure' }),
  fileNew: audit('opened-file', { 'event.category': ['file'], 'event.type': ['creation'] }),
  fileRead: audit('opened-file', { 'event.category': ['file'], 'event.type': ['info'] }),
  renamed: audit('renamed', { 'event.category': ['file'], 'event.type': ['change'] }),
  deleted: audit('deleted', { 'event.category': ['file'], 'event.type': ['deletion'] }),
  connect: audit('connected-to', { 'destination.ip': '192.0.2.1' }),
  connectLocal: audit('connected-to'),
  login: audit('logged-in'),
  cloudtrail: event('cloudtrail', { 'event.dataset': 'aws.cloudtrail' }),
  json: event('json-lines', { 'event.dataset': 'json' }),
  jsonRequest: event('json-lines', { 'event.dataset': 'json', 'url.original': '/' }),
  django: event('django', { 'event.dataset': 'django.log' }),
};

type Name = keyof typeof EVENTS;

/** Log source to the events it fits. */
const FITS: readonly [SigmaLogSource, readonly Name[]][] = [
  [{ category: 'webserver' }, ['access', 'jsonRequest']],
  [{ service: 'nginx' }, ['access', 'nginxError']],
  [{ category: 'webserver', service: 'apache' }, ['access', 'apacheError']],
  [{ category: 'webserver', service: 'error' }, ['nginxError', 'apacheError']],
  [{ product: 'nginx', service: 'error' }, ['nginxError']],
  [{ product: 'modsecurity' }, ['nginxError', 'apacheError']],
  [{ product: 'linux', service: 'sshd' }, ['sshd']],
  [{ product: 'linux', service: 'auth' }, ['sshd', 'sudo']],
  [{ product: 'linux', service: 'sudo' }, ['sudo']],
  [{ product: 'linux', service: 'cron' }, ['cron']],
  [{ product: 'linux', service: 'syslog' }, ['sshd', 'sudo', 'unknownProgram', 'cron', 'firewall']],
  [{ service: 'acmed' }, []],
  [{ category: 'firewall' }, ['firewall']],
  [
    { product: 'linux', service: 'auditd' },
    [
      ...(['exec', 'execFailed', 'fileNew', 'fileRead', 'renamed', 'deleted'] as const),
      ...(['connect', 'connectLocal', 'login'] as const),
    ],
  ],
  [{ product: 'linux', category: 'process_creation' }, ['exec']],
  [{ category: 'process_creation' }, ['exec']],
  [{ product: 'windows', category: 'process_creation' }, []],
  [{ product: 'linux', category: 'file_event' }, ['fileNew', 'renamed']],
  [{ product: 'linux', category: 'file_access' }, ['fileRead']],
  [{ product: 'linux', category: 'file_delete' }, ['deleted']],
  [{ product: 'linux', category: 'network_connection' }, ['connect']],
  [
    { product: 'linux' },
    [
      ...(['sshd', 'sudo', 'unknownProgram', 'cron', 'firewall', 'exec', 'execFailed'] as const),
      ...([
        'fileNew',
        'fileRead',
        'renamed',
        'deleted',
        'connect',
        'connectLocal',
        'login',
      ] as const),
    ],
  ],
  [{ product: 'aws', service: 'cloudtrail' }, ['cloudtrail']],
  [{ product: 'AWS' }, ['cloudtrail']],
  [{ category: 'application' }, ['json', 'jsonRequest', 'django']],
  [{ category: 'application', product: 'django' }, ['json', 'jsonRequest', 'django']],
  [{ category: 'application', product: 'spring' }, ['json', 'jsonRequest']],
  [{ category: 'any' }, Object.keys(EVENTS) as Name[]],
  [{ category: 'any', product: 'aws' }, ['cloudtrail']],
  [{ product: 'okta', service: 'okta' }, []],
  [{}, []],
  [{ category: '', product: '' }, []],
];

test.each(FITS)('%j', (logsource, names) => {
  const fitting = (Object.keys(EVENTS) as Name[]).filter((name) =>
    ruleFits(logsource, kindOf(EVENTS[name]).source),
  );
  expect(fitting.sort()).toEqual([...names].sort());
});

describe('kinds', () => {
  test('events of one kind fit the same rules', () => {
    const byKind = new Map<unknown, string>();
    for (const sample of Object.values(EVENTS)) {
      const kind = kindOf(sample);
      const fits = FITS.map(([logsource]) => (ruleFits(logsource, kind.source) ? 1 : 0)).join('');
      expect(byKind.get(kind) ?? fits).toBe(fits);
      byKind.set(kind, fits);
    }
    expect(byKind.size).toBeGreaterThan(15);
  });

  test('names in the log make no kinds', () => {
    const programs = new Set(
      Array.from({ length: 1000 }, (_, index) => kindOf(auth(`program-${index}`))),
    );
    const datasets = new Set(
      Array.from({ length: 1000 }, (_, index) =>
        kindOf(event('json-lines', { 'event.dataset': `x-${index}` })),
      ),
    );
    expect([programs.size, datasets.size]).toEqual([1, 1]);
  });
});
