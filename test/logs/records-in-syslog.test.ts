/** Records of other products as messages of syslog: events of Windows in every shape, audit logs of services. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { detectFormat } from '../../src/logs/detect-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';

function read(text: string): Event[] {
  const events: Event[] = [];
  const account = createAccount();
  const reader = createEventReader({
    format: detectFormat(text, FORMATS),
    formats: FORMATS,
    clock: createClock({ zone: 'UTC', firstYear: 2026 }),
    account,
    sink: (event) => void events.push(event),
  });
  reader.lines(text, 0);
  reader.end();
  expect(
    account.parsed +
      account.joined +
      [...account.skips.values()].reduce((sum, { count }) => sum + count, 0),
  ).toBe(account.lines);
  return events;
}

const DATA = {
  TargetUserName: 'bob',
  TargetDomainName: 'EXAMPLE',
  LogonType: '3',
  IpAddress: '203.0.113.9',
  IpPort: '51234',
  Status: '0xc000006d',
  SubStatus: '0xc000006a',
};
const PROVIDER = 'Microsoft-Windows-Security-Auditing';
const small = (object: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      value,
    ]),
  );
const WAZUH = {
  win: {
    system: {
      providerName: PROVIDER,
      eventID: '4625',
      systemTime: '2026-11-24T10:00:00.9000000Z',
      channel: 'Security',
      computer: 'DC1',
    },
    eventdata: small(DATA),
  },
};
const ALERT = {
  timestamp: '2026-11-24T10:00:01.1+0000',
  rule: { level: 5, description: 'Logon failure', id: '60122' },
  agent: { id: '002', name: 'DC1' },
  data: WAZUH,
};
const BEAT = {
  '@timestamp': '2026-11-24T10:00:00.9Z',
  event: { code: '4625', provider: PROVIDER, kind: 'event' },
  winlog: {
    channel: 'Security',
    computer_name: 'DC1',
    event_id: '4625',
    provider_name: PROVIDER,
    event_data: DATA,
  },
};
const NXLOG = {
  EventTime: '2026-11-24T10:00:00.9Z',
  Hostname: 'DC1',
  EventID: 4625,
  SourceName: PROVIDER,
  Channel: 'Security',
  ...DATA,
};
const XML = `<Event><System><Provider Name="${PROVIDER}"/><EventID>4625</EventID><TimeCreated SystemTime="2026-11-24T10:00:00.9Z"/><Channel>Security</Channel><Computer>DC1</Computer></System><EventData>${Object.entries(
  DATA,
)
  .map(([name, value]) => `<Data Name="${name}">${value}</Data>`)
  .join('')}</EventData></Event>`;

const SHAPES: Readonly<Record<string, string>> = {
  NXLog: JSON.stringify(NXLOG),
  Winlogbeat: JSON.stringify(BEAT),
  'a Wazuh alert': JSON.stringify(ALERT),
  'Wazuh alone': JSON.stringify(WAZUH),
  XML,
};

describe('a refused logon of Windows', () => {
  it.each(Object.entries(SHAPES))('as %s, alone and behind syslog', (_, text) => {
    const heads = [
      '',
      '<14>Nov 24 10:00:01 relay forwarder[9]: ',
      '<13>1 2026-11-24T10:00:01Z relay nxlog - - - ',
    ];
    const all = heads
      .filter((head) => head !== '' || text !== XML)
      .map((head) => read(`${head}${text}\n`));
    for (const events of all) {
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({
        'event.code': '4625',
        'event.category': ['authentication'],
        'event.outcome': 'failure',
        'event.reason': 'wrong_password',
        'user.name': 'bob',
        'source.ip': '203.0.113.9',
        'source.port': 51_234,
        'host.name': 'DC1',
      });
    }
  });
});

it('Sysmon for Linux tells of the process, not of the logger', () => {
  const [event] = read(
    'Nov 24 10:00:01 web1 sysmon[900]: <Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID><TimeCreated SystemTime="2026-11-24T10:00:01.123456000Z"/><Channel>Linux-Sysmon/Operational</Channel><Computer>web1</Computer></System><EventData><Data Name="ProcessId">1301</Data><Data Name="Image">/usr/bin/whoami</Data><Data Name="CommandLine">whoami</Data><Data Name="User">root</Data><Data Name="ParentImage">/bin/bash</Data></EventData></Event>\n',
  );
  expect(event).toMatchObject({
    timeUs: 1_795_514_401_123_456,
    'process.name': 'whoami',
    'process.pid': 1301,
    'process.executable': '/usr/bin/whoami',
    'process.parent.name': 'bash',
    'user.name': 'root',
  });
});

it('a product of JSON is known behind a tag', () => {
  const record = FORMATS.find(({ name }) => name === 'okta')?.samples[0]?.lines[0];
  const [event] = read(`Nov 24 10:00:01 relay okta: ${record}\n`);
  expect(event).toMatchObject({
    format: 'okta',
    'event.outcome': 'failure',
    'user.name': 'bob@example.com',
  });
});

it('access points of UniFi write their name before the tag', () => {
  const [event] = read(
    'Nov 24 10:00:02 U6-Lite,f09fc2aabbcc,U6-Lite-6.5.62+14788: hostapd[3004]: ath0: STA 00:00:5e:00:53:09 associated\n',
  );
  expect(event).toMatchObject({
    'host.hostname': 'U6-Lite',
    'process.name': 'hostapd',
    'process.pid': 3004,
  });
});

it('a line that another format knows is its own also in a file that only the last resort reads', () => {
  const text = `${'2026-11-24 10:00:01 nobody knows this\n'.repeat(210)}Nov 24 10:00:03 web1 sshd[7]: Failed password for bob from 203.0.113.9 port 41000 ssh2\n2026-11-24 10:00:04,123 fail2ban.actions [1234]: NOTICE [sshd] Ban 203.0.113.9\n`;
  const events = read(text).map(({ format, 'event.action': action }) => [format, action]);
  expect(events.slice(-2)).toEqual([
    ['syslog', 'ssh_login'],
    ['fail2ban', 'address_banned'],
  ]);
  expect(events[0]?.[0]).toBe('generic');
});
