/** Sessions, as tables of events. */
import { describe, expect, it } from 'vitest';
import type { Location } from '../../src/detect/location.ts';
import { createStitcher, type Session } from '../../src/detect/sessions.ts';
import type { Event } from '../../src/events/event.ts';

const event = (second: number, fields: Partial<Event>): Event => ({
  ...{ timeUs: second * 1_000_000, timeConfidence: 'exact', format: 'a' },
  ...fields,
});
const login = {
  'event.category': ['authentication', 'session'],
  'event.outcome': 'success',
} as const;
const opened = { 'event.category': ['session'], 'event.type': ['start'] } as const;
const closed = { 'event.category': ['session'], 'event.type': ['end'] } as const;
const sshd = (pid: number) => ({ 'process.name': 'sshd', 'process.pid': pid });
const ana = { 'user.name': 'ana', 'host.hostname': 'web01' };

const SSH: Event[] = [
  event(0, { ...login, ...sshd(61), ...ana, 'source.ip': '192.0.2.7' }),
  event(0, { ...opened, ...ana, 'session.id': '303', 'process.name': 'systemd-logind' }),
  // Another log tells of the same login, and does not name the machine.
  event(1, { ...login, ...sshd(61), 'user.name': 'ana', 'source.ip': '192.0.2.7' }),
  event(60, {
    ...{ 'user.name': 'ana', 'user.effective.name': 'root', 'session.id': '303' },
    'process.command_line': 'sudo tar -cf /srv/x.tar /etc',
  }),
  event(90, { 'user.name': 'root', 'session.id': '303', 'process.command_line': 'cat /srv/key' }),
  event(200, { ...closed, ...sshd(61), ...ana }),
  // The number is used again, by somebody else.
  event(900, {
    ...login,
    ...sshd(61),
    'user.name': 'bob',
    'host.hostname': 'web01',
    'source.ip': '192.0.2.9',
  }),
];
/** A logon of Windows, and what names it. */
const logon = (second: number, account: string, fields: Partial<Event>, field = 'TargetLogonId') =>
  event(second, {
    ...{ 'user.name': account, 'host.name': 'fs01', ...fields },
    winlog: { event_data: { [field]: '0x96F3AAC' } },
  });
const WINDOWS: Event[] = [
  logon(0, 'ana', { ...login, 'source.ip': '192.0.2.7' }),
  logon(9, 'ana', { 'process.command_line': 'whoami' }, 'SubjectLogonId'),
  logon(20, 'ana', { 'event.category': ['authentication'], 'event.type': ['end'] }),
  logon(30, 'ana', { 'process.command_line': 'late' }, 'SubjectLogonId'),
  logon(40, 'bob', { ...login, 'source.ip': '192.0.2.9' }),
  // No logout was seen, and the number is another's.
  logon(50, 'eve', login),
];
const web = (second: number, ip: string, agent: string) =>
  event(second, {
    ...{ 'source.ip': ip, 'user_agent.original': agent, 'http.request.method': 'GET' },
    ...{ 'http.response.body.bytes': 10, 'url.path': '/a' },
  });
const cloud = (second: number, key: string) =>
  event(second, {
    ...{
      'cloud.provider': 'aws',
      'cloud.account.id': '1',
      'user.name': 'up',
      'source.ip': '192.0.2.7',
    },
    raw: { userIdentity: { accessKeyId: key } },
  });

const stitch = (events: readonly Event[]): readonly Session[] => {
  const stitcher = createStitcher();
  for (const [index, one] of events.entries()) stitcher.add(one, index as Location);
  return stitcher.sessions();
};

describe('a session', () => {
  it.each<[string, Event[], Partial<Session>[]]>([
    [
      'goes from login to logout, with whose rights were gained inside',
      SSH,
      [
        {
          kind: 'ssh',
          host: 'web01',
          address: '192.0.2.7',
          accounts: ['ana', 'root'],
          isClosed: true,
          events: 6,
        },
        { kind: 'ssh', address: '192.0.2.9', accounts: ['bob'], isClosed: false, events: 1 },
      ],
    ],
    [
      'of Windows goes from logon to logoff, and numbers are used again',
      WINDOWS,
      [
        { kind: 'windows', accounts: ['ana'], isClosed: true, events: 3 },
        { accounts: ['bob'], address: '192.0.2.9', isClosed: false },
        { accounts: ['eve'] },
      ],
    ],
    [
      'holds what another log tells of its programs',
      [
        ...SSH.slice(0, 3),
        event(60, { 'session.id': '303', 'process.name': 'useradd', 'process.pid': 71 }),
        event(60, { ...ana, 'user.name': 'eve', 'process.name': 'useradd', 'process.pid': 71 }),
        event(61, { ...ana, 'user.name': 'eve', 'process.name': 'useradd', 'process.pid': 72 }),
      ],
      [{ events: 5 }],
    ],
    [
      "ends where its number is somebody else's, though no logout was seen",
      [SSH[0]!, SSH[6]!],
      [{ accounts: ['ana'] }, { accounts: ['bob'] }],
    ],
    [
      'of the web is one source and agent without a long pause',
      [
        web(0, '192.0.2.1', 'x'),
        web(9, '192.0.2.1', 'x'),
        web(9, '192.0.2.1', 'y'),
        web(4_000, '192.0.2.1', 'x'),
      ],
      [{ kind: 'web', events: 2, bytes: 20 }, { events: 1 }, { events: 1, firstUs: 4_000_000_000 }],
    ],
    [
      'of a cloud is one key and source',
      [cloud(0, 'AKIA1'), cloud(9, 'AKIA1'), cloud(9, 'AKIA2')],
      [{ kind: 'cloud', host: '1', events: 2 }, { events: 1 }],
    ],
    [
      'is begun by no failure',
      [event(0, { ...login, ...sshd(1), ...ana, 'event.outcome': 'failure' })],
      [],
    ],
  ])('%s', (_, events, expected) => {
    const found = stitch(events);
    expect(found.length).toBe(expected.length);
    for (const [index, one] of expected.entries()) expect(found[index]).toMatchObject(one);
  });

  it('on another machine is another one, though numbers are the same', () => {
    const there = { ...SSH[0]!, 'host.hostname': 'db01' };
    expect(stitch([SSH[0]!, there]).map(({ host }) => host)).toEqual(['web01', 'db01']);
  });
});
