/** Sample events of Windows logs as JSON. Invented. */
import type { Sample } from '../log-format.ts';

/** Events and what they must give. */
export const JSON_EVENT_SAMPLES: readonly Sample[] = [
  {
    lines: [
      '{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Service Control Manager","EventSourceName":"Service Control Manager"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":7045},"Level":4,"Keywords":"0x8080000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-11-24T10:00:04.000001Z"}},"EventRecordID":9,"Channel":"System","Computer":"pc1"},"EventData":{"ServiceName":"updater","ImagePath":"C:\\\\Windows\\\\Temp\\\\u.exe","StartType":"auto start","AccountName":"LocalSystem"}}}',
    ],
    expect: {
      time: '2026-11-24T10:00:04.000001Z',
      'event.code': '7045',
      'event.action': 'service-installed',
      'service.name': 'updater',
      'winlog.channel': 'System',
      'host.name': 'pc1',
    },
  },
  {
    lines: [
      '{"@timestamp":"2026-11-24T10:00:05.120Z","winlog":{"channel":"Security","provider_name":"Microsoft-Windows-Security-Auditing","event_id":"4624","computer_name":"pc1","record_id":72,"keywords":["Audit Success"],"event_data":{"TargetUserName":"lena","TargetDomainName":"EXAMPLE","LogonType":"10","IpAddress":"203.0.113.9","IpPort":"50123"}},"message":"An account was successfully logged on."}',
    ],
    expect: {
      time: '2026-11-24T10:00:05.120000Z',
      message: 'An account was successfully logged on.',
      'event.action': 'logged-in',
      'event.outcome': 'success',
      'user.name': 'lena',
      'source.ip': '203.0.113.9',
      'winlog.logon.type': 'RemoteInteractive',
    },
  },
  {
    lines: [
      '{"EventTime":"2026-11-24 10:00:06","Hostname":"pc1","Keywords":-9223372036854775808,"EventID":11,"SourceName":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","RecordNumber":73,"Image":"C:\\\\Windows\\\\explorer.exe","TargetFilename":"C:\\\\Users\\\\lena\\\\a.exe","ProcessId":"4711"}',
    ],
    expect: {
      time: '2026-11-24T10:00:06.000000Z',
      'event.action': 'file-created',
      'file.path': 'C:\\Users\\lena\\a.exe',
      'process.name': 'explorer.exe',
      'process.pid': 4711,
      'winlog.record_id': '73',
    },
  },
];
