/** Under which names Windows events write what ECS calls otherwise: the first that has a value counts. */
import type { EcsField } from '../../../events/event.ts';

/** Names by ECS field. `-` and empty values are none. */
export const FIELD_NAMES = {
  'source.ip':
    'IpAddress SourceIp SourceAddress ClientAddress Address Param3 ClientIP CallingStationID',
  'source.port': 'IpPort SourcePort ClientPort',
  'destination.ip': 'DestinationIp DestAddress',
  'destination.port': 'DestinationPort DestPort',
  'destination.address': 'DestinationHostname',
  'source.address': 'WorkstationName Workstation ClientName SourceHostname',
  'process.executable': 'NewProcessName Image ProcessName SourceImage ProcessPath Application',
  'process.command_line': 'CommandLine ProcessCommandLine HostApplication',
  'process.working_directory': 'CurrentDirectory',
  'process.parent.executable': 'ParentImage ParentProcessName',
  'process.parent.command_line': 'ParentCommandLine',
  'file.path': 'TargetFilename ImageLoaded PipeName Path RelativeTargetName',
  'registry.path': 'TargetObject',
  'dns.question.name': 'QueryName',
  'service.name': 'ServiceName',
  'url.original': 'url RemoteName',
} as const satisfies Partial<Record<EcsField, string>>;

/** Who did it. */
export const SUBJECT_NAMES = {
  name: 'SubjectUserName User UserName AccountName SourceUser',
  domain: 'SubjectDomainName DomainName',
  id: 'SubjectUserSid UserSid',
} as const;

/** On whom it was done, or who logs in. */
export const TARGET_NAMES = {
  name: 'TargetUserName TargetUser',
  domain: 'TargetDomainName TargetDomain',
  id: 'TargetUserSid TargetSid',
} as const;

/** The kinds of logon. @see https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4624 */
export const LOGON_TYPES: Readonly<Record<string, string>> = {
  '2': 'Interactive',
  '3': 'Network',
  '4': 'Batch',
  '5': 'Service',
  '7': 'Unlock',
  '8': 'NetworkCleartext',
  '9': 'NewCredentials',
  '10': 'RemoteInteractive',
  '11': 'CachedInteractive',
};

/** Why a logon failed. @see https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4625 */
export const FAILURE_REASONS: Readonly<Record<string, string>> = {
  '0xc000005e': 'no_logon_servers',
  '0xc0000064': 'unknown_user',
  '0xc000006a': 'wrong_password',
  '0xc000006d': 'authentication_failed',
  '0xc000006e': 'account_restriction',
  '0xc000006f': 'outside_logon_hours',
  '0xc0000070': 'workstation_restriction',
  '0xc0000071': 'password_expired',
  '0xc0000072': 'account_disabled',
  '0xc0000133': 'clock_skew',
  '0xc000015b': 'logon_type_not_granted',
  '0xc0000193': 'account_expired',
  '0xc0000224': 'password_change_required',
  '0xc0000234': 'account_locked',
  '0xc0000413': 'authentication_firewall',
  '0x6': 'unknown_user',
  '0x12': 'account_disabled',
  '0x17': 'password_expired',
  '0x18': 'wrong_password',
  '0x25': 'clock_skew',
};
