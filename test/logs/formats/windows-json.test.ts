/** The same kinds of events in the words of each program that writes them as JSON or XML. */
import { expect, it } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { detectFormat } from '../../../src/logs/detect-format.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';

const SECURITY = 'Microsoft-Windows-Security-Auditing';

const ROWS: readonly [
  writer: string,
  line: unknown,
  expected: Readonly<Record<string, unknown>>,
][] = [
  [
    'NXLog',
    {
      EventTime: '2026-11-24 10:00:01',
      Hostname: 'pc1',
      Keywords: -(2 ** 63) + 2 ** 52,
      EventID: 4625,
      SourceName: SECURITY,
      RecordNumber: 3,
      ExecutionProcessID: 640,
      ExecutionThreadID: 4,
      Channel: 'Security',
      Message: 'It failed.',
      TargetUserName: 'lena',
      SubStatus: '0xc0000064',
      LogonType: '3',
      IpAddress: '203.0.113.7',
    },
    {
      timeUs: 1_795_514_401_000_000,
      'event.outcome': 'failure',
      'event.reason': 'unknown_user',
      'user.name': 'lena',
      'source.ip': '203.0.113.7',
      message: 'It failed.',
      'winlog.record_id': '3',
    },
  ],
  [
    'Winlogbeat 6',
    {
      '@timestamp': '2026-11-24T10:00:01.309Z',
      event_id: 4688,
      log_name: 'Security',
      source_name: SECURITY,
      computer_name: 'pc1',
      event_data: {
        NewProcessName: 'C:\\Windows\\cmd.exe',
        NewProcessId: '0x1d4',
        ProcessId: '0x10',
        SubjectUserName: 'lena',
        CommandLine: 'cmd',
      },
    },
    {
      timeUs: 1_795_514_401_309_000,
      'event.action': 'created-process',
      'process.pid': 468,
      'process.parent.pid': 16,
      'process.name': 'cmd.exe',
      'user.name': 'lena',
    },
  ],
  [
    'an export of Elasticsearch',
    {
      '@timestamp': '2026-11-24T10:00:01Z',
      'winlog.event_id': '4720',
      'winlog.channel': 'Security',
      'winlog.provider_name': SECURITY,
      'winlog.event_data.TargetUserName': 'new',
      'winlog.event_data.SubjectUserName': 'lena',
    },
    { 'event.action': 'added-user-account', 'user.name': 'lena', 'user.target.name': 'new' },
  ],
  [
    'Get-WinEvent of Windows PowerShell',
    {
      Id: 4624,
      ProviderName: SECURITY,
      LogName: 'Security',
      MachineName: 'pc1',
      TimeCreated: '/Date(1795514401123)/',
      RecordId: 12,
      Properties: [{ Value: 'S-1-5-18' }],
      Message: 'Logged on.',
    },
    {
      timeUs: 1_795_514_401_123_000,
      'event.action': 'logged-in',
      'host.name': 'pc1',
      'winlog.record_id': '12',
    },
  ],
  [
    'Velociraptor',
    {
      System: {
        Provider: { Name: SECURITY },
        EventID: { Value: 4732 },
        Keywords: 2 ** 63 + 2 ** 53,
        TimeCreated: { SystemTime: 1795514401.5 },
        EventRecordID: 7,
        Channel: 'Security',
        Computer: 'pc1',
      },
      EventData: {
        MemberName: 'CN=jo smith,DC=example',
        TargetUserName: 'Administrators',
        SubjectUserName: 'lena',
      },
    },
    {
      timeUs: 1_795_514_401_500_000,
      'event.outcome': 'success',
      'group.name': 'Administrators',
      'user.target.name': 'jo smith',
      'user.name': 'lena',
    },
  ],
  [
    'converters of XML',
    {
      Event: {
        System: {
          Provider: { '@Name': 'Microsoft-Windows-Sysmon' },
          EventID: '3',
          TimeCreated: { '@SystemTime': '2026-11-24 10:00:01.5' },
          Channel: 'Microsoft-Windows-Sysmon/Operational',
          Computer: 'pc1',
        },
        EventData: {
          Data: [
            { '@Name': 'Image', '#text': 'C:\\a.exe' },
            { '@Name': 'DestinationIp', '#text': '203.0.113.5' },
            { '@Name': 'Initiated', '#text': 'true' },
          ],
        },
      },
    },
    {
      timeUs: 1_795_514_401_500_000,
      'destination.ip': '203.0.113.5',
      'network.direction': 'egress',
      'process.name': 'a.exe',
    },
  ],
  [
    'evtx_dump with attributes apart',
    {
      Event: {
        System: {
          Provider_attributes: { Name: 'Microsoft-Windows-Eventlog' },
          EventID: 104,
          TimeCreated_attributes: { SystemTime: '2026-11-24T10:00:01.5Z' },
          Channel: 'System',
          Computer: 'pc1',
        },
        UserData: { LogFileCleared: { SubjectUserName: 'lena', Channel: 'System' } },
      },
    },
    { timeUs: 1_795_514_401_500_000, 'event.action': 'log-cleared', 'user.name': 'lena' },
  ],
  [
    'Splunk, as XML',
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${SECURITY}'/><EventID>4634</EventID><TimeCreated SystemTime='2026-11-24T10:00:01.500000000Z'/><Channel>Security</Channel><Computer>pc1</Computer></System><EventData><Data Name='TargetUserName'>zo&#235;</Data></EventData><RenderingInfo Culture='en-US'><Message>Logged off.</Message></RenderingInfo></Event>`,
    {
      timeUs: 1_795_514_401_500_000,
      'event.action': 'logged-out',
      'user.name': 'zoë',
      message: 'Logged off.',
    },
  ],
];

it.each(ROWS)('%s', (_writer, written, expected) => {
  const line = typeof written === 'string' ? written : JSON.stringify(written);
  const format = detectFormat(`${line}\n`, FORMATS);
  expect(format?.name).toMatch(/^windows-/);
  const event = format?.parse(line, createClock({ zone: 'UTC' }));
  if (event === undefined || isSkip(event)) throw new Error(event?.skip);
  expect(event).toMatchObject(expected);
});
