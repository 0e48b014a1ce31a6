/**
 * What Windows events mean in ECS, by channel and number: data, in the words of Elastic's Winlogbeat modules.
 * @see https://www.elastic.co/docs/reference/beats/winlogbeat/winlogbeat-module-security
 * @see https://learn.microsoft.com/windows/security/threat-protection/auditing/security-auditing-overview
 */

/** What one event means. */
export interface EventMeaning {
  category: readonly string[];
  type: readonly string[];
  action: string;
  /** Absent: what the keywords of an audit say. */
  outcome?: 'success' | 'failure';
  /** Whose account is `user`: that of the event's `Target...`, or its `Subject...` (absent). */
  isTarget?: boolean;
  /** The account that it names is that of a service, not of who did it. */
  isUnsaid?: boolean;
}

/**
 * One row: the numbers, `category/type` with `,` between several, the action, and `+` or `-` for an outcome that the number
 * says; `>` where the user is the target, `?` where nobody says who did it.
 */
type Row = readonly [numbers: string, kind: string, action: string, marks?: string];

const SECURITY: readonly Row[] = [
  ['1100', 'process/end', 'logging-service-shutdown'],
  ['1102', 'iam/admin,change', 'audit-log-cleared', '+'],
  ['1104', 'iam/admin', 'logging-full'],
  ['4610 4611 4614 4622', 'configuration/access', 'security-package-loaded'],
  ['4616', 'configuration/change', 'system-time-changed'],
  ['4624', 'authentication/start', 'logged-in', '+>'],
  ['4625', 'authentication/start', 'logon-failed', '->'],
  ['4634 4647', 'authentication/end', 'logged-out', '+>'],
  ['4648', 'authentication/start', 'logged-in-explicit', '+'],
  ['4657', 'registry,configuration/change', 'registry-value-modified'],
  ['4656 4658 4660 4661 4663 4670', 'iam,configuration/access', 'object-access'],
  ['4662', 'iam,configuration/access', 'object-operation-performed'],
  ['4672', 'iam/admin', 'logged-in-special', '+'],
  ['4673 4674', 'iam/admin', 'privileged-operation'],
  ['4688', 'process/start', 'created-process'],
  ['4689', 'process/end', 'exited-process'],
  ['4696', 'process/change', 'token-assigned'],
  ['4697', 'iam,configuration/admin,change', 'service-installed'],
  ['4698', 'iam,configuration/creation,admin', 'scheduled-task-created'],
  ['4699', 'iam,configuration/deletion,admin', 'scheduled-task-deleted'],
  ['4700', 'iam,configuration/change,admin', 'scheduled-task-enabled'],
  ['4701', 'iam,configuration/change,admin', 'scheduled-task-disabled'],
  ['4702', 'iam,configuration/change,admin', 'scheduled-task-updated'],
  ['4704 4717', 'iam/admin,change', 'user-right-assigned'],
  ['4705 4718', 'iam/admin,change', 'user-right-removed'],
  ['4719', 'iam,configuration/admin,change', 'changed-audit-config'],
  ['4720', 'iam/user,creation', 'added-user-account'],
  ['4722', 'iam/user,change', 'enabled-user-account'],
  ['4723', 'iam/user,change', 'changed-password'],
  ['4724', 'iam/user,change', 'reset-password'],
  ['4725', 'iam/user,change', 'disabled-user-account'],
  ['4726', 'iam/user,deletion', 'deleted-user-account'],
  ['4727 4731 4744 4749 4754 4759', 'iam/group,creation', 'added-group-account'],
  ['4728 4732 4746 4751 4756 4761', 'iam/group,change', 'added-member-to-group'],
  ['4729 4733 4747 4752 4757 4762', 'iam/group,change', 'removed-member-from-group'],
  ['4730 4734 4748 4753 4758 4763', 'iam/group,deletion', 'deleted-group-account'],
  ['4735 4737 4745 4750 4755 4760 4764', 'iam/group,change', 'modified-group-account'],
  ['4738', 'iam/user,change', 'modified-user-account'],
  ['4739', 'iam,configuration/change', 'domain-policy-changed'],
  ['4740', 'iam/user,change', 'locked-out-user-account'],
  ['4741', 'iam/creation,admin', 'added-computer-account'],
  ['4742', 'iam/change,admin', 'changed-computer-account'],
  ['4743', 'iam/deletion,admin', 'deleted-computer-account'],
  ['4767', 'iam/user,change', 'unlocked-user-account'],
  ['4768', 'authentication/start', 'kerberos-authentication-ticket-requested', '>'],
  ['4769', 'authentication/start', 'kerberos-service-ticket-requested', '>'],
  ['4770', 'authentication/start', 'kerberos-service-ticket-renewed', '>'],
  ['4771', 'authentication/start', 'kerberos-preauth-failed', '->'],
  ['4776', 'authentication/start', 'credential-validated', '>'],
  ['4778', 'authentication,session/start', 'session-reconnected', '+'],
  ['4779', 'authentication,session/end', 'session-disconnected', '+'],
  ['4781', 'iam/user,change', 'renamed-user-account'],
  ['4798', 'iam/user,info', 'group-membership-enumerated'],
  ['4799', 'iam/group,info', 'user-member-enumerated'],
  ['4800', 'session/change', 'workstation-locked', '>'],
  ['4801', 'session/change', 'workstation-unlocked', '>'],
  ['4946 4947 4948 4950', 'configuration/change', 'firewall-rule-changed'],
  ['4964', 'iam/admin,group', 'logged-in-special'],
  ['5024 5025', 'configuration/info', 'firewall-service-changed'],
  ['5136', 'iam,configuration/change', 'directory-service-object-modified'],
  ['5137', 'iam,configuration/creation', 'directory-service-object-created'],
  ['5138 5139 5141', 'iam,configuration/change', 'directory-service-object-changed'],
  ['5140', 'network,file/info,access', 'network-share-object-accessed'],
  ['5142', 'network,file/creation', 'network-share-object-added'],
  ['5143', 'network,file/change', 'network-share-object-modified'],
  ['5144', 'network,file/deletion', 'network-share-object-deleted'],
  ['5145', 'network,file/info,access', 'network-share-object-access-checked'],
  ['5154 5156 5158', 'network/connection,allowed', 'windows-firewall-connection', '+'],
  ['5152 5157 5159', 'network/connection,denied', 'windows-firewall-packet-block', '-'],
  ['5379 5381 5382', 'iam/access', 'credential-read'],
  ['6272 6278', 'authentication/start', 'network-policy-access-granted', '+'],
  ['6273', 'authentication/start', 'network-policy-access-denied', '-'],
];

const SYSMON: readonly Row[] = [
  ['1', 'process/start', 'process-created'],
  ['2', 'file/change', 'file-creation-time-changed'],
  ['3', 'network/start,connection,protocol', 'network-connection'],
  ['4 16', 'process,configuration/change', 'sysmon-state-changed'],
  ['5', 'process/end', 'process-terminated'],
  ['6', 'driver/start', 'driver-loaded'],
  ['7', 'process/change', 'image-loaded'],
  ['8', 'process/change', 'remote-thread-created'],
  ['9', 'process/access', 'raw-disk-accessed'],
  ['10', 'process/access', 'process-accessed'],
  ['11', 'file/creation', 'file-created'],
  ['12', 'configuration,registry/change', 'registry-object-added-or-deleted'],
  ['13', 'configuration,registry/change', 'registry-value-set'],
  ['14', 'configuration,registry/change', 'registry-renamed'],
  ['15', 'file/access', 'file-stream-created'],
  ['17', 'file/creation', 'pipe-created'],
  ['18', 'file/access', 'pipe-connected'],
  ['19 20 21', 'process/change', 'wmi-event'],
  ['22', 'network/connection,protocol,info', 'dns-query'],
  ['23 26', 'file/deletion', 'file-deleted'],
  ['24', 'process/change', 'clipboard-changed'],
  ['25', 'process/change', 'process-tampered'],
  ['27', 'file/denied', 'executable-blocked', '-'],
  ['28', 'file/denied', 'shredding-blocked', '-'],
  ['29', 'file/creation', 'executable-detected'],
  ['255', 'process/error', 'sysmon-error', '-'],
];

/** Channels as the log names them; the rows of several channels are the same. */
const TABLE: readonly (readonly [channels: readonly string[], rows: readonly Row[]])[] = [
  [['Security'], SECURITY],
  [['Microsoft-Windows-Sysmon/Operational', 'Linux-Sysmon/Operational'], SYSMON],
  [
    ['System'],
    [
      ['104', 'iam/admin,change', 'log-cleared', '+'],
      ['1074', 'host/end', 'shutdown-requested'],
      ['6005', 'host/start', 'event-log-started'],
      ['6006', 'host/end', 'event-log-stopped'],
      ['6008', 'host/end', 'unexpected-shutdown', '-'],
      ['7023 7024 7031 7034', 'process/end', 'service-failed', '-'],
      ['7036', 'process/change', 'service-state-changed'],
      ['7040', 'configuration/change', 'service-start-type-changed'],
      ['7045', 'configuration,iam/admin,creation', 'service-installed', '+?'],
    ],
  ],
  [
    ['Windows PowerShell'],
    [
      ['400', 'process/start', 'engine-started'],
      ['403', 'process/end', 'engine-stopped'],
      ['600', 'process/info', 'provider-started'],
      ['800', 'process/info', 'pipeline-executed'],
    ],
  ],
  [
    ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'],
    [
      ['4103', 'process/info', 'command-invoked'],
      ['4104', 'process/info', 'script-block-logged'],
      ['4105', 'process/start', 'script-block-started'],
      ['4106', 'process/end', 'script-block-stopped'],
    ],
  ],
  [
    ['Microsoft-Windows-TaskScheduler/Operational'],
    [
      ['100 107 108 110 118 119', 'process/start', 'scheduled-task-started'],
      ['102 201', 'process/end', 'scheduled-task-completed'],
      ['101 103 203', 'process/error', 'scheduled-task-failed', '-'],
      ['106', 'configuration/creation', 'scheduled-task-created'],
      ['129 200', 'process/start', 'scheduled-task-action-started'],
      ['140', 'configuration/change', 'scheduled-task-updated'],
      ['141', 'configuration/deletion', 'scheduled-task-deleted'],
      ['142', 'configuration/change', 'scheduled-task-disabled'],
    ],
  ],
  [
    ['Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'],
    [
      ['21', 'authentication,session/start', 'logged-in', '+'],
      ['22', 'session/start', 'shell-started', '+'],
      ['23', 'authentication,session/end', 'logged-out', '+'],
      ['24', 'session/end', 'session-disconnected', '+'],
      ['25', 'authentication,session/start', 'session-reconnected', '+'],
      ['39 40', 'session/end', 'session-disconnected'],
    ],
  ],
  [
    ['Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational'],
    [
      // Somebody got as far as the network level authentication asks; older systems write it before anybody is known.
      ['1149', 'authentication,network/start', 'remote-desktop-connected', '+'],
      ['261', 'network/connection', 'remote-desktop-listener-connected'],
    ],
  ],
  [
    ['Microsoft-Windows-Windows Defender/Operational'],
    [
      ['1006 1015 1116', 'malware/info', 'malware-detected'],
      ['1007 1117', 'malware/change', 'malware-action-taken'],
      ['1008 1118 1119', 'malware/error', 'malware-action-failed', '-'],
      ['1009', 'malware/change', 'quarantine-item-restored'],
      ['1013', 'malware/deletion', 'malware-history-deleted'],
      ['1121 1122', 'intrusion_detection/denied', 'attack-surface-rule-triggered'],
      ['5001 5010 5012', 'configuration/change', 'protection-disabled'],
      ['5007', 'configuration/change', 'protection-configuration-changed'],
      ['5013', 'configuration/denied', 'tampering-blocked', '-'],
    ],
  ],
  [
    ['Microsoft-Windows-Bits-Client/Operational'],
    [
      ['3', 'network/start', 'transfer-job-created'],
      ['4', 'network/end', 'transfer-job-completed', '+'],
      ['5', 'network/end', 'transfer-job-cancelled'],
      ['59', 'network/start', 'transfer-started'],
      ['60', 'network/end', 'transfer-stopped'],
      ['61', 'network/error', 'transfer-stopped', '-'],
      ['16403', 'network/start', 'transfer-job-created'],
    ],
  ],
  [
    ['Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'],
    [
      ['2004 2071 2097', 'configuration/creation', 'firewall-rule-added'],
      ['2005 2073', 'configuration/change', 'firewall-rule-changed'],
      ['2006 2052', 'configuration/deletion', 'firewall-rule-deleted'],
      ['2033 2059', 'configuration/deletion', 'firewall-rules-deleted'],
      ['2002 2003 2082 2083', 'configuration/change', 'firewall-setting-changed'],
    ],
  ],
  [
    ['Microsoft-Windows-WMI-Activity/Operational'],
    [
      ['5857', 'process/start', 'wmi-provider-started'],
      ['5859 5861', 'configuration/creation', 'wmi-subscription-created'],
    ],
  ],
  [['OpenSSH/Operational'], [['4', 'session/info', 'ssh-message']]],
];

const BY_CHANNEL: ReadonlyMap<string, ReadonlyMap<string, EventMeaning>> = new Map(
  TABLE.flatMap(([channels, rows]) => {
    const meanings = new Map(
      rows.flatMap((row) => row[0].split(' ').map((id) => [id, meaningOf(row)] as const)),
    );
    return channels.map((channel) => [channel.toLowerCase(), meanings] as const);
  }),
);

function meaningOf([, kind, action, marks = '']: Row): EventMeaning {
  const [category = '', type = ''] = kind.split('/');
  const outcome = marks.includes('+') ? 'success' : marks.includes('-') ? 'failure' : undefined;
  return {
    category: category.split(','),
    type: type.split(','),
    action,
    ...(outcome === undefined ? {} : { outcome }),
    ...(marks.includes('>') ? { isTarget: true } : {}),
    ...(marks.includes('?') ? { isUnsaid: true } : {}),
  };
}

/** What an event of a channel means; undefined for one that is not in the table. */
export const meaningIn = (channel: string, eventId: string): EventMeaning | undefined =>
  (BY_CHANNEL.get(channel) ?? BY_CHANNEL.get(channel.toLowerCase()))?.get(eventId);
