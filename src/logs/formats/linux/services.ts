/** What lines of syslog are for rules, by the program that wrote them. */
import type { LogSource } from '../log-format.ts';

/**
 * Programs by the Sigma service they stand for. Only these are kept apart: anyone can log under any name, so the
 * names in a log must not decide how many kinds of events there are.
 */
const PROGRAMS: readonly (readonly [services: string, programs: string])[] = [
  ['sshd openssh ssh auth', 'sshd sshd-session sshd-auth dropbear'],
  ['sudo auth', 'sudo sudo-i sudo-rs'],
  ['su auth', 'su runuser'],
  ['login auth', 'login systemd-logind gdm gdm-password lightdm'],
  ['polkit auth', 'polkitd pkexec polkit-agent-helper-1'],
  [
    'useradd auth',
    'useradd usermod userdel groupadd groupmod groupdel passwd chpasswd gpasswd chage chfn chsh',
  ],
  ['cron', 'cron CRON crond CROND anacron crontab atd'],
  ['systemd', 'systemd systemd-networkd systemd-resolved systemd-timesyncd systemd-journald'],
  ['kernel', 'kernel'],
  ['auditd', 'auditd audispd audisp-syslog'],
  ['rsyslog', 'rsyslogd syslogd syslog-ng'],
  ['vsftpd ftp', 'vsftpd'],
  ['proftpd ftp', 'proftpd'],
  ['pure-ftpd ftp', 'pure-ftpd'],
  ['clamav', 'clamd clamscan freshclam clamav clamav-daemon clamonacc'],
  ['guacamole', 'guacd guacamole'],
  ['bind dns', 'named'],
  ['dnsmasq dns', 'dnsmasq'],
  ['postfix mail', 'postfix postfix/smtpd postfix/submission/smtpd postfix/smtps/smtpd'],
  ['dovecot mail', 'dovecot'],
  ['nginx', 'nginx'],
  ['apache', 'apache2 httpd apache'],
  ['mysql', 'mysqld mysql mariadbd'],
  ['postgresql', 'postgres postgresql'],
  ['squid', 'squid'],
  ['openvpn', 'openvpn ovpn-server'],
  ['docker', 'dockerd containerd docker'],
  ['ufw', 'ufw'],
];

const AUTH = { 'event.dataset': ['system.auth'] };

const ofProgram = ([services, programs]: readonly [string, string]): LogSource[] => {
  const when = { 'process.name': programs.split(' ') };
  const words = [...services.split(' '), 'syslog'];
  const source = { when, products: ['linux'], services: words };
  if (words.includes('auth')) return [source];
  return [{ ...source, when: { ...when, ...AUTH }, services: [...words, 'auth'] }, source];
};

/** The first row that holds counts; the last ones hold for every line. */
export const SYSLOG_SOURCES: readonly LogSource[] = [
  {
    when: { 'event.dataset': ['iptables*'] },
    products: ['linux'],
    categories: ['firewall'],
    services: ['iptables', 'netfilter', 'ufw', 'kernel', 'syslog'],
  },
  // A web server that sends its access log through syslog.
  {
    when: { 'event.dataset': ['*.access'] },
    products: ['nginx', 'apache'],
    categories: ['webserver'],
    services: ['nginx', 'apache', 'access', 'syslog'],
  },
  ...PROGRAMS.flatMap(ofProgram),
  { when: AUTH, products: ['linux'], services: ['auth', 'syslog'] },
  { products: ['linux'], services: ['syslog'] },
];
