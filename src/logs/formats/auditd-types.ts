/**
 * What audit record types and system calls mean, in ECS terms. The action names are those that
 * Elastic's auditd integration and Auditbeat use, so that dashboards and rules carry over.
 * @see https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Message-Types
 */

/** ECS classification of an audit event. */
export interface Meaning {
  action: string;
  category: readonly string[];
  type: readonly string[];
}

const meaning = (action: string, category: string, type: string): Meaning => ({
  action,
  category: category === '' ? [] : category.split(' '),
  type: type === '' ? [] : type.split(' '),
});

const RECORD_MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['ACCT_LOCK', meaning('locked-account', 'iam', 'user change')],
  ['ACCT_UNLOCK', meaning('unlocked-account', 'iam', 'user change')],
  ['ADD_GROUP', meaning('added-group-account-to', 'iam', 'group creation')],
  ['ADD_USER', meaning('added-user-account', 'iam', 'user creation')],
  ['DEL_GROUP', meaning('deleted-group-account-from', 'iam', 'group deletion')],
  ['DEL_USER', meaning('deleted-user-account', 'iam', 'user deletion')],
  ['GRP_MGMT', meaning('modified-group-account', 'iam', 'group change')],
  ['GRP_CHAUTHTOK', meaning('changed-group-password', 'iam', 'group change')],
  ['ROLE_ASSIGN', meaning('assigned-user-role-to', 'iam', 'user change')],
  ['ROLE_MODIFY', meaning('modified-role', 'iam', 'change')],
  ['ROLE_REMOVE', meaning('removed-user-role-from', 'iam', 'user change')],
  ['USER_MGMT', meaning('modified-user-account', 'iam', 'user change')],
  ['USER_CHAUTHTOK', meaning('changed-password', 'iam', 'user change')],
  ['CRED_ACQ', meaning('acquired-credentials', 'authentication', 'info')],
  ['CRED_DISP', meaning('disposed-credentials', 'authentication', 'info')],
  ['CRED_REFR', meaning('refreshed-credentials', 'authentication', 'info')],
  ['GRP_AUTH', meaning('authenticated-to-group', 'authentication', 'info')],
  ['LOGIN', meaning('changed-login-id-to', 'authentication', 'start')],
  ['USER_ACCT', meaning('was-authorized', 'authentication', 'info')],
  ['USER_AUTH', meaning('authenticated', 'authentication', 'info')],
  ['USER_ERR', meaning('error', 'authentication', 'info')],
  ['USER_LOGIN', meaning('logged-in', 'authentication', 'start')],
  ['USER_LOGOUT', meaning('logged-out', 'authentication', 'end')],
  ['USER_START', meaning('started-session', 'session', 'start')],
  ['USER_END', meaning('ended-session', 'session', 'end')],
  ['USER_ROLE_CHANGE', meaning('changed-role-to', '', '')],
  ['USER_CMD', meaning('ran-command', 'process', 'start')],
  ['CHGRP_ID', meaning('changed-group', 'process', 'change')],
  ['CHUSER_ID', meaning('changed-user-id', 'process', 'change')],
  ['TEST', meaning('sent-test', 'process', 'info')],
  ['USER', meaning('sent-message', '', '')],
  ['VIRT_CONTROL', meaning('issued-vm-control', 'host', 'creation')],
  ['VIRT_CREATE', meaning('created-vm-image', 'host', 'creation')],
  ['VIRT_DESTROY', meaning('deleted-vm-image', 'host', 'deletion')],
  ['VIRT_INTEGRITY_CHECK', meaning('checked-integrity-of', 'host', 'info')],
  ['VIRT_MACHINE_ID', meaning('assigned-vm-id', 'host', 'creation')],
  ['VIRT_MIGRATE_IN', meaning('migrated-vm-from', 'host', 'info')],
  ['VIRT_MIGRATE_OUT', meaning('migrated-vm-to', 'host', 'info')],
  ['VIRT_RESOURCE', meaning('assigned-vm-resource', 'host', 'info')],
  ['SYSTEM_BOOT', meaning('booted-system', 'host', 'info')],
  ['SYSTEM_RUNLEVEL', meaning('changed-to-runlevel', 'host', 'change')],
  ['SYSTEM_SHUTDOWN', meaning('shutdown-system', 'host', 'info')],
  ['SERVICE_START', meaning('started-service', 'process', 'start')],
  ['SERVICE_STOP', meaning('stopped-service', 'process', 'stop')],
  ['SOFTWARE_UPDATE', meaning('package-updated', 'package', 'info')],
  ['CONFIG_CHANGE', meaning('changed-audit-configuration', 'process configuration', 'change')],
  ['DAEMON_ABORT', meaning('aborted-auditd-startup', 'process', 'stop')],
  ['DAEMON_ACCEPT', meaning('remote-audit-connected', 'network', 'connection start')],
  ['DAEMON_CLOSE', meaning('remote-audit-disconnected', 'network', 'connection end')],
  ['DAEMON_CONFIG', meaning('changed-auditd-configuration', 'process configuration', 'change')],
  ['DAEMON_END', meaning('shutdown-audit', 'process', 'stop')],
  ['DAEMON_ERR', meaning('audit-error', 'process', 'info')],
  ['DAEMON_RECONFIG', meaning('reconfigured-auditd', 'process configuration', 'info')],
  ['DAEMON_RESUME', meaning('resumed-audit-logging', 'process', 'change')],
  ['DAEMON_ROTATE', meaning('rotated-audit-logs', 'process', 'change')],
  ['DAEMON_START', meaning('started-audit', 'process', 'start')],
  ['KERNEL', meaning('initialized-audit-subsystem', 'process', 'info')],
  ['USYS_CONFIG', meaning('changed-configuration', 'configuration', 'change')],
  ['NETFILTER_CFG', meaning('loaded-firewall-rule-to', 'configuration', 'change')],
  ['FEATURE_CHANGE', meaning('changed-audit-feature', 'configuration', 'change')],
  ['TTY', meaning('typed', '', '')],
  ['USER_TTY', meaning('typed', '', '')],
  ['FS_RELABEL', meaning('relabeled-filesystem', '', '')],
  ['LABEL_LEVEL_CHANGE', meaning('modified-level-of', '', '')],
  ['LABEL_OVERRIDE', meaning('overrode-label-of', '', '')],
  ['MAC_CHECK', meaning('mac-permission', '', '')],
  ['MAC_CONFIG_CHANGE', meaning('changed-selinux-boolean', 'configuration', 'change')],
  ['MAC_POLICY_LOAD', meaning('loaded-selinux-policy', 'configuration', 'access')],
  ['MAC_STATUS', meaning('changed-selinux-enforcement', 'configuration', 'change')],
  ['USER_AVC', meaning('access-permission', '', '')],
  ['USER_MAC_CONFIG_CHANGE', meaning('changed-mac-configuration', 'configuration', 'change')],
  ['USER_MAC_POLICY_LOAD', meaning('loaded-mac-policy', 'configuration', 'access')],
  ['USER_SELINUX_ERR', meaning('access-error', '', '')],
  ['SECCOMP', meaning('violated-seccomp-policy', 'process', 'info')],
  ['SELINUX_ERR', meaning('caused-mac-policy-error', '', '')],
  ['CRYPTO_KEY_USER', meaning('negotiated-crypto-key', 'process', 'info')],
  ['CRYPTO_LOGIN', meaning('crypto-officer-logged-in', 'process', 'info')],
  ['CRYPTO_LOGOUT', meaning('crypto-officer-logged-out', 'process', 'info')],
  ['CRYPTO_SESSION', meaning('started-crypto-session', 'process', 'info')],
  ['DAC_CHECK', meaning('access-result', '', '')],
  ['KERN_MODULE', meaning('loaded-kernel-module', 'driver', 'start')],
  ['TIME_INJOFFSET', meaning('changed-system-time', 'host', 'change')],
  ['TIME_ADJNTPVAL', meaning('changed-system-time', 'host', 'change')],
  ['ANOM_ABEND', meaning('crashed-program', 'process intrusion_detection', 'end info')],
  ['ANOM_EXEC', meaning('attempted-execution-of-forbidden-program', 'process', 'start')],
  ['ANOM_LINK', meaning('used-suspicious-link', 'file', 'info')],
  ['ANOM_LOGIN_FAILURES', meaning('failed-log-in-too-many-times-to', 'authentication', 'info')],
  [
    'ANOM_LOGIN_LOCATION',
    meaning('attempted-log-in-from-unusual-place-to', 'authentication', 'info'),
  ],
  ['ANOM_LOGIN_SESSIONS', meaning('opened-too-many-sessions-to', 'authentication', 'info')],
  ['ANOM_LOGIN_TIME', meaning('attempted-log-in-during-unusual-hour-to', 'authentication', 'info')],
  [
    'ANOM_PROMISCUOUS',
    meaning('changed-promiscuous-mode-on-device', 'intrusion_detection process', 'info change'),
  ],
  ['ANOM_RBAC_INTEGRITY_FAIL', meaning('tested-file-system-integrity-of', 'file', 'info')],
]);

/** Meaning of system calls: names with one blank between, the meaning they share. */
const CALL_MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  (
    [
      ['execve execveat', meaning('executed', 'process', 'start')],
      ['open openat openat2 readlink readlinkat', meaning('opened-file', 'file', 'info')],
      ['creat', meaning('opened-file', 'file', 'creation')],
      ['truncate ftruncate fallocate', meaning('opened-file', 'file', 'change')],
      ['read', meaning('read-file', 'file', 'info')],
      ['write', meaning('wrote-to-file', 'file', 'change')],
      ['unlink unlinkat rmdir', meaning('deleted', 'file', 'deletion')],
      ['rename renameat renameat2', meaning('renamed', 'file', 'change')],
      ['mkdir mkdirat', meaning('created-directory', 'file', 'creation')],
      ['mknod mknodat', meaning('make-device', 'file', 'creation')],
      ['symlink symlinkat', meaning('symlinked', 'file', 'creation')],
      ['link linkat', meaning('linked', 'file', 'creation')],
      ['chmod fchmod fchmodat fchmodat2', meaning('changed-file-permissions-of', 'file', 'change')],
      ['chown fchown lchown fchownat', meaning('changed-file-ownership-of', 'file', 'change')],
      [
        'setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr',
        meaning('changed-file-attributes-of', 'file', 'change'),
      ],
      [
        'utime utimes futimesat futimens utimensat',
        meaning('changed-timestamp-of', 'file', 'change'),
      ],
      [
        'access faccessat faccessat2 stat lstat fstat stat64 newfstatat fstatat statx getxattr lgetxattr fgetxattr',
        meaning('checked-metadata-of', 'file', 'info'),
      ],
      ['statfs fstatfs', meaning('checked-filesystem-metadata-of', 'file', 'info')],
      ['mount', meaning('mounted', 'file', 'creation')],
      ['umount umount2', meaning('unmounted', 'file', 'deletion')],
      ['init_module finit_module', meaning('loaded-kernel-module', 'driver', 'start')],
      ['delete_module', meaning('unloaded-kernel-module', 'driver', 'end')],
      ['connect', meaning('connected-to', 'network', 'connection start')],
      ['accept accept4', meaning('accepted-connection-from', 'network', 'connection start')],
      ['bind', meaning('bound-socket', 'network', 'start')],
      ['listen', meaning('listen-for-connections', 'network', 'start')],
      ['send sendto sendmsg sendmmsg', meaning('sent-to', 'network', 'connection info')],
      ['recv recvfrom recvmsg recvmmsg', meaning('received-from', 'network', 'connection info')],
      ['kill tkill tgkill', meaning('killed-pid', 'process', 'end')],
      ['ptrace', meaning('traced-process', 'process', 'access')],
      [
        'setuid seteuid setfsuid setreuid setresuid setgid setegid setfsgid setregid setresgid',
        meaning('changed-identity-of', 'process', 'change'),
      ],
      [
        'settimeofday clock_settime stime adjtimex clock_adjtime',
        meaning('changed-system-time', 'host', 'change'),
      ],
      ['sethostname setdomainname', meaning('changed-system-name', 'host', 'change')],
      ['mmap mmap2 brk', meaning('allocated-memory', 'process', 'info')],
      [
        'sched_setparam sched_setscheduler sched_setattr',
        meaning('adjusted-scheduling-policy-of', 'process', 'change'),
      ],
    ] as const
  ).flatMap(([names, shared]) => names.split(' ').map((name) => [name, shared] as const)),
);

/** What a record type means; `undefined` for types that only support another record. */
export const recordMeaning = (type: string): Meaning | undefined => RECORD_MEANINGS.get(type);

/** What a system call means; calls without an entry keep their name as the action. */
export const callMeaning = (call: string): Meaning =>
  CALL_MEANINGS.get(call) ?? { action: call, category: ['process'], type: ['info'] };

/** Records that add details to the event of another record and say little alone. */
const AUXILIARY =
  /^(?:EXECVE|CWD|PATH|PROCTITLE|SOCKADDR|SOCKETCALL|OBJ_PID|FD_PAIR|MMAP|BPRM_FCAPS|CAPSET|IPC|IPC_SET_PERM|MQ_\w+|NETFILTER_PKT|OPENAT2|EOE|UNKNOWN\[\d+\]|AVC_PATH|CONTAINER_ID)$/;

/** True for a record type that only adds to another one (`PATH`, `CWD`, `EXECVE`, ...). */
export const isAuxiliary = (type: string): boolean => AUXILIARY.test(type);

/** Numbers of the record types that the kernel writes by number into syslog (`type=1400 audit(...)`). */
const TYPE_NUMBERS: ReadonlyMap<string, string> = new Map(
  (
    [
      [1005, 'USER LOGIN'],
      [1100, 'USER_AUTH USER_ACCT USER_MGMT CRED_ACQ CRED_DISP USER_START USER_END USER_AVC'],
      [1108, 'USER_CHAUTHTOK USER_ERR CRED_REFR USYS_CONFIG USER_LOGIN USER_LOGOUT ADD_USER'],
      [1115, 'DEL_USER ADD_GROUP DEL_GROUP DAC_CHECK CHGRP_ID TEST TRUSTED_APP USER_SELINUX_ERR'],
      [1123, 'USER_CMD USER_TTY CHUSER_ID GRP_AUTH SYSTEM_BOOT SYSTEM_SHUTDOWN SYSTEM_RUNLEVEL'],
      [1130, 'SERVICE_START SERVICE_STOP GRP_MGMT GRP_CHAUTHTOK MAC_CHECK ACCT_LOCK ACCT_UNLOCK'],
      [1137, 'USER_DEVICE SOFTWARE_UPDATE'],
      [1300, 'SYSCALL - PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD - EXECVE'],
      [1311, 'IPC_SET_PERM MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR KERNEL_OTHER FD_PAIR'],
      [1318, 'OBJ_PID TTY EOE BPRM_FCAPS CAPSET MMAP NETFILTER_PKT NETFILTER_CFG SECCOMP'],
      [1327, 'PROCTITLE FEATURE_CHANGE REPLACE KERN_MODULE FANOTIFY TIME_INJOFFSET'],
      [1333, 'TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL DM_EVENT'],
      [1400, 'AVC SELINUX_ERR AVC_PATH MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE'],
      [1700, 'ANOM_PROMISCUOUS ANOM_ABEND ANOM_LINK ANOM_CREAT'],
      [1800, 'INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR'],
      [2000, 'KERNEL'],
    ] as const
  ).flatMap(([first, names]) =>
    names.split(' ').map((name, index) => [String(first + index), name] as const),
  ),
);

/** The name of a record type written as name, number (`1400`) or `UNKNOWN[1323]`. */
export function recordTypeName(type: string): string {
  const first = type.charCodeAt(0);
  // Nearly all are names; only digits and `UNKNOWN[...]` need a look.
  if (first > 57 && !type.endsWith(']')) return type;
  const number = /^(?:UNKNOWN\[)?(\d{1,5})\]?$/.exec(type)?.[1];
  const name = number === undefined ? undefined : TYPE_NUMBERS.get(number);
  if (name !== undefined && name !== '-') return name;
  return number === undefined || type.startsWith('U') ? type : `UNKNOWN[${number}]`;
}
