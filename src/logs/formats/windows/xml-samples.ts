/** Sample events of Windows logs as XML. Invented. */
import type { Sample } from '../log-format.ts';

const event = (system: string, rest: string): string =>
  `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>${system}</System>${rest}</Event>`;

const data = (values: Readonly<Record<string, string>>): string =>
  `<EventData>${Object.entries(values)
    .map(([name, value]) => `<Data Name="${name}">${value}</Data>`)
    .join('')}</EventData>`;

/** Events and what they must give. */
export const EVTX_SAMPLES: readonly Sample[] = [
  {
    lines: [
      event(
        '<Provider Name="Microsoft-Windows-Security-Auditing" Guid="{54849625-5478-4994-A5BA-3E3B0328C30D}"/><EventID>4625</EventID><Version>0</Version><Level>0</Level><Task>12544</Task><Opcode>0</Opcode><Keywords>0x8010000000000000</Keywords><TimeCreated SystemTime="2026-11-24T10:00:01.1234567Z"/><EventRecordID>71</EventRecordID><Correlation/><Execution ProcessID="600" ThreadID="604"/><Channel>Security</Channel><Computer>pc1.example.com</Computer><Security/>',
        data({
          SubjectUserName: '-',
          TargetUserName: 'lena',
          TargetDomainName: 'EXAMPLE',
          Status: '0xc000006d',
          SubStatus: '0xc000006a',
          LogonType: '3',
          IpAddress: '203.0.113.9',
          IpPort: '50122',
        }),
      ),
    ],
    expect: {
      time: '2026-11-24T10:00:01.123456Z',
      'event.code': '4625',
      'event.action': 'logon-failed',
      'event.outcome': 'failure',
      'event.reason': 'wrong_password',
      'event.category': ['authentication'],
      'user.name': 'lena',
      'user.domain': 'EXAMPLE',
      'source.ip': '203.0.113.9',
      'source.port': 50122,
      'host.name': 'pc1.example.com',
      'winlog.channel': 'Security',
      'winlog.record_id': '71',
      'winlog.logon.type': 'Network',
    },
  },
  {
    lines: [
      event(
        '<Provider Name="Microsoft-Windows-Sysmon" Guid="{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"/><EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="2026-11-24T10:00:02.5Z"/><EventRecordID>72</EventRecordID><Execution ProcessID="2756" ThreadID="3632"/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>pc1.example.com</Computer><Security UserID="S-1-5-18"/>',
        data({
          ProcessId: '8052',
          Image: 'C:\\Windows\\System32\\cmd.exe',
          CommandLine: 'cmd.exe /c &quot;whoami &amp; dir&quot;',
          CurrentDirectory: 'C:\\Users\\lena\\',
          User: 'EXAMPLE\\lena',
          ParentProcessId: '732',
          ParentImage: 'C:\\Windows\\explorer.exe',
          ParentCommandLine: 'explorer.exe',
        }),
      ),
    ],
    expect: {
      time: '2026-11-24T10:00:02.500000Z',
      'event.action': 'process-created',
      'event.category': ['process'],
      'user.name': 'lena',
      'user.domain': 'EXAMPLE',
      'process.name': 'cmd.exe',
      'process.pid': 8052,
      'process.command_line': 'cmd.exe /c "whoami & dir"',
      'process.parent.pid': 732,
      'process.parent.name': 'explorer.exe',
    },
  },
  {
    lines: [
      event(
        '<Provider Name="Microsoft-Windows-Eventlog" Guid="{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}"/><EventID>1102</EventID><Level>4</Level><Keywords>0x4020000000000000</Keywords><TimeCreated SystemTime="2026-11-24T10:00:03.0000000Z"/><EventRecordID>73</EventRecordID><Channel>Security</Channel><Computer>pc1</Computer><Security/>',
        '<UserData><LogFileCleared xmlns="http://manifests.microsoft.com/win/2004/08/windows/eventlog"><SubjectUserName>lena</SubjectUserName><SubjectDomainName>EXAMPLE</SubjectDomainName></LogFileCleared></UserData>',
      ),
    ],
    expect: {
      'event.action': 'audit-log-cleared',
      'event.outcome': 'success',
      'user.name': 'lena',
      'host.name': 'pc1',
    },
  },
];
