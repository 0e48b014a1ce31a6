import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import type { SigmaLogSource } from '../../src/sigma/rule.ts';
import { resolveField } from './bundled-mappings.ts';

const event = (fields: Partial<Event>): Event => ({
  timeUs: Date.UTC(2024, 5, 10, 6, 13, 20) * 1000,
  timeConfidence: 'exact',
  format: 'test',
  ...fields,
});

const WEB: SigmaLogSource = { category: 'webserver' };
const PROCESS: SigmaLogSource = { category: 'process_creation', product: 'linux' };
const AUDITD: SigmaLogSource = { product: 'linux', service: 'auditd' };
const AWS: SigmaLogSource = { product: 'aws', service: 'cloudtrail' };

const request = (target: string, fields: Partial<Event> = {}): Event => {
  const [path, query] = target.split('?');
  return event({
    'url.original': target,
    'url.path': path,
    ...(query === undefined ? {} : { 'url.query': query }),
    ...fields,
  });
};

describe('web server', () => {
  const REQUEST = request('/shop/cart.php?id=7', {
    'http.request.method': 'POST',
    'http.response.status_code': 404,
    'http.response.body.bytes': 512,
    'http.request.referrer': 'https://www.example.com/',
    'http.version': '1.1',
    'user_agent.original': 'curl/8.5',
    'user.name': 'lena',
    'url.domain': 'shop.example.com',
    'url.extension': 'php',
    'source.ip': '192.0.2.1',
    'event.duration': 1_500_000_000,
    raw: { 'cs-cookie': 'a=b' },
  });

  test.each([
    ['cs-method', 'POST'],
    ['cs-uri', '/shop/cart.php?id=7'],
    ['c-uri', '/shop/cart.php?id=7'],
    ['cs-uri-stem', '/shop/cart.php'],
    ['cs-uri-query', ['id=7', '/shop/cart.php?id=7']],
    ['c-uri-extension', 'php'],
    ['sc-status', 404],
    ['sc-bytes', 512],
    ['cs-referer', 'https://www.example.com/'],
    ['cs(Referer)', 'https://www.example.com/'],
    ['cs-version', 'HTTP/1.1'],
    ['cs-user-agent', 'curl/8.5'],
    ['cs(User-Agent)', 'curl/8.5'],
    ['c-useragent', 'curl/8.5'],
    ['cs-username', 'lena'],
    ['cs-host', 'shop.example.com'],
    ['c-ip', '192.0.2.1'],
    ['time-taken', 1500],
    ['date', '2024-06-10'],
    ['time', '06:13:20'],
    ['cs-cookie', 'a=b'],
    ['source.ip', '192.0.2.1'],
    ['cs-bytes', undefined],
  ])('%s', (field, want) => {
    expect(resolveField(field, WEB)(REQUEST)).toEqual(want);
  });

  test.each([
    ['/a?x=1', '/a?x=1'],
    ['/a%2e', ['/a%2e', '/a.']],
    ['/a?q=b+c', ['/a?q=b+c', '/a?q=b c']],
    ['/%252e%252e/', ['/%252e%252e/', '/%2e%2e/', '/../']],
    ['/a?x=&lt;b&gt;', ['/a?x=&lt;b&gt;', '/a?x=<b>']],
    ['/a?x=%26%23x3c;b', ['/a?x=%26%23x3c;b', '/a?x=&#x3c;b', '/a?x=<b']],
    ['/a?x=1&y=2', '/a?x=1&y=2'],
    ['/a?x=&#99999999;', '/a?x=&#99999999;'],
    ['/100%', '/100%'],
  ])('readings of %s', (target, want) => {
    expect(resolveField('cs-uri', WEB)(request(target))).toEqual(want);
  });

  test('an encoded query is read decoded', () => {
    const values = resolveField('cs-uri-query', WEB)(request('/p?id=1%27%20or%201'));
    expect(values).toContain("id=1' or 1");
  });

  test('logs that have only a path', () => {
    expect(resolveField('cs-uri', WEB)(event({ 'url.path': '/x' }))).toBe('/x');
  });
});

describe('linux processes, files, connections', () => {
  const RUN = event({
    'event.action': 'executed',
    'process.executable': '/usr/bin/dash',
    'process.command_line': 'sh -c id',
    'process.pid': 7,
    'process.parent.pid': 6,
    'process.working_directory': '/srv',
    'file.path': '/bin/sh',
    'user.id': '0',
    raw: { auid: '1000', ParentImage: '/usr/sbin/nginx' },
  });

  test.each([
    ['Image', ['/usr/bin/dash', '/bin/sh']],
    ['CommandLine', 'sh -c id'],
    ['ParentImage', '/usr/sbin/nginx'],
    ['ProcessId', 7],
    ['ParentProcessId', 6],
    ['CurrentDirectory', '/srv'],
    ['User', ['0', 'root']],
    ['LogonId', '1000'],
    ['process.executable', '/usr/bin/dash'],
    ['OriginalFileName', undefined],
  ])('%s', (field, want) => {
    expect(resolveField(field, PROCESS)(RUN)).toEqual(want);
  });

  test('the title when the command line is missing', () => {
    expect(resolveField('CommandLine', PROCESS)(event({ 'process.title': 'nc -l' }))).toBe('nc -l');
  });

  test.each([
    [
      event({ 'file.path': '/etc/cron.d/x', raw: { name: ['/etc/cron.d/', 'x'] } }),
      ['/etc/cron.d/x', '/etc/cron.d/', 'x'],
    ],
    [event({ 'file.path': '/etc/x', raw: { name: '/etc/x' } }), ['/etc/x']],
    [event({}), undefined],
  ])('TargetFilename %#', (sample, want) => {
    expect(
      resolveField('TargetFilename', { category: 'file_event', product: 'linux' })(sample),
    ).toEqual(want);
  });

  test.each([
    ['egress', 'true'],
    ['ingress', 'false'],
    [undefined, undefined],
  ])('Initiated when %s', (direction, want) => {
    const sample = event(direction === undefined ? {} : { 'network.direction': direction });
    expect(resolveField('Initiated', { category: 'network_connection' })(sample)).toBe(want);
  });
});

describe('auditd', () => {
  const JOINED = event({
    'process.executable': '/usr/bin/cat',
    'file.path': '/etc/shadow',
    raw: {
      type: 'SYSCALL',
      types: ['SYSCALL', 'EXECVE', 'PATH'],
      a0: ['cat', '55d0'],
      a1: '/etc/shadow',
      syscall: '59',
      SYSCALL: 'execve',
      arch: 'c000003e',
      ARCH: 'x86_64',
      name: 'shadow',
      exe: '/usr/bin/cat',
      key: ['a', 'b'],
    },
  });

  test.each([
    ['type', ['SYSCALL', 'EXECVE', 'PATH']],
    ['a0', ['cat', '55d0']],
    ['a1', '/etc/shadow'],
    ['a2', undefined],
    ['syscall', ['59', 'execve']],
    ['SYSCALL', 'execve'],
    ['arch', ['c000003e', 'x86_64']],
    ['name', ['/etc/shadow', 'shadow']],
    ['exe', '/usr/bin/cat'],
    ['key', ['a', 'b']],
    ['Image', '/usr/bin/cat'],
    ['process.executable', '/usr/bin/cat'],
  ])('%s', (field, want) => {
    expect(resolveField(field, AUDITD)(JOINED)).toEqual(want);
  });
});

describe('cloudtrail', () => {
  const CALL = event({
    'source.ip': '192.0.2.1',
    'user.name': 'lena',
    raw: JSON.parse(
      JSON.stringify({
        eventName: 'PutBucketPolicy',
        userIdentity: {
          type: 'Root',
          sessionContext: { attributes: { mfaAuthenticated: 'false' } },
        },
        requestParameters: {
          bucketName: 'b',
          bucketPolicy: { Statement: [{ Effect: 'Allow', Principal: '*' }] },
          ipPermissions: {
            items: [{ cidrIp: '0.0.0.0/0', toPort: 22 }, { cidrIp: '192.0.2.0/24' }],
          },
          policyDocument: '%7B%22Effect%22%3A%22Allow%22%7D',
          enable: false,
          'dotted.key': 1,
        },
        errorCode: null,
        'requestParameters.literal': 'wins',
      }),
    ),
  });

  test.each([
    ['eventName', 'PutBucketPolicy'],
    ['userIdentity.type', 'Root'],
    ['userIdentity.sessionContext.attributes.mfaAuthenticated', 'false'],
    ['requestParameters.bucketPolicy', '{"Statement":[{"Effect":"Allow","Principal":"*"}]}'],
    ['requestParameters.bucketPolicy.Statement', ['{"Effect":"Allow","Principal":"*"}']],
    ['requestParameters.bucketPolicy.Statement.Effect', ['Allow']],
    ['requestParameters.bucketPolicy.Statement.0.Principal', '*'],
    ['requestParameters.ipPermissions.items.cidrIp', ['0.0.0.0/0', '192.0.2.0/24']],
    ['requestParameters.ipPermissions.items.toPort', [22]],
    [
      'requestParameters.policyDocument',
      ['%7B%22Effect%22%3A%22Allow%22%7D', '{"Effect":"Allow"}'],
    ],
    ['requestParameters.enable', false],
    ['requestParameters.dotted.key', 1],
    ['requestParameters.literal', 'wins'],
    ['requestParameters.none.deeper', undefined],
    ['eventName.deeper', undefined],
    ['source.ip', '192.0.2.1'],
    ['src_ip', '192.0.2.1'],
    ['user name', 'lena'],
    ['user.name', 'lena'],
  ])('%s', (field, want) => {
    expect(resolveField(field, AWS)(CALL)).toEqual(want);
  });
});

describe('other log sources', () => {
  test.each([
    ['source.ip', { product: 'linux', service: 'sshd' }, '192.0.2.1'],
    ['message', { product: 'linux' }, 'hello'],
    ['detail.code', { category: 'application' }, 5],
    ['cs-method', { category: 'any' }, 'GET'],
    ['src_ip', { category: 'firewall' }, '192.0.2.1'],
    ['constructor', { category: 'any' }, undefined],
    ['__proto__', { category: 'any' }, undefined],
    ['detail.constructor', { category: 'any' }, undefined],
    ['detail.__proto__.x', { category: 'any' }, undefined],
  ])('%s under %j', (field, logsource, want) => {
    const sample = event({
      'source.ip': '192.0.2.1',
      'http.request.method': 'GET',
      message: 'hello',
      raw: { detail: { code: 5 } },
    });
    expect(resolveField(field, logsource)(sample)).toEqual(want);
  });
});
