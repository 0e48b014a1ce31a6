# Mail and file servers.

use_postfix() {
  try postconf -e 'myhostname=web1.example.com' 'mydestination=web1.example.com, localhost' 'inet_interfaces=all' 'smtpd_recipient_restrictions=permit_mynetworks,reject_unauth_destination' 'mynetworks=127.0.0.0/8' 'smtpd_sasl_auth_enable=yes' 'smtpd_sasl_type=dovecot' 'smtpd_sasl_path=private/auth' 'broken_sasl_auth_clients=yes' 'maillog_file=' 'smtpd_helo_required=yes'
  sed -i 's/^smtp      inet  n       -       y/smtp      inet  n       -       n/' /etc/postfix/master.cf
  try newaliases
  LIMIT=20 try postfix start
  sleep 2
  try swaks --server $HOST --local-interface $FRIEND --from alice@example.com --to alice@web1.example.com
  try swaks --server $HOST --local-interface $STRANGER --from spam@example.net --to someone@example.org
  try swaks --server $HOST --local-interface $STRANGER --from spam@example.net --to nobody-there@web1.example.com
  try swaks --server $HOST --local-interface $STRANGER --auth LOGIN --auth-user alice --auth-password wrong --from a@example.net --to alice@web1.example.com
  try swaks --server $HOST --local-interface $FRIEND --auth PLAIN --auth-user alice --auth-password "$PASSWORD" --from a@example.net --to someone@example.org
  say 25 $STRANGER 'GET / HTTP/1.0\nQUIT\n'
  say 25 $STRANGER 'EHLO x\nMAIL FROM:<a@example.net\nRCPT TO:<b>\nQUIT\n'
  say 25 $STRANGER ''
  sleep 2
  LIMIT=20 try postfix reload; LIMIT=20 try postfix stop
}

use_dovecot() {
  mkdir -p /run/dovecot /var/mail /var/spool/postfix/private
  cat > /tmp/dovecot.conf <<'CONF'
protocols = imap pop3
listen = *
ssl = no
disable_plaintext_auth = no
auth_verbose = yes
mail_location = mbox:~/mail:INBOX=/var/mail/%u
mail_privileged_group = mail
syslog_facility = mail
passdb {
  driver = pam
}
userdb {
  driver = passwd
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
CONF
  printf 'auth required pam_unix.so\naccount required pam_unix.so\n' > /etc/pam.d/dovecot
  serve dovecot -F -c /tmp/dovecot.conf
  dovecot_session
  kill -HUP "$(cat /run/dovecot/master.pid)"; sleep 1
}
dovecot_session() {
  sleep 1
  say 143 $FRIEND "a login alice \"$PASSWORD\"\nb select INBOX\nc logout\n"
  say 143 $STRANGER 'a login alice wrong\nb logout\n'
  say 143 $STRANGER 'a login nobody-there wrong\nb logout\n'
  say 143 $STRANGER 'x\ny\nz\n'
  say 110 $FRIEND "USER alice\nPASS $PASSWORD\nQUIT\n"
  say 110 $STRANGER 'USER root\nPASS wrong\nQUIT\n'
  say 110 $STRANGER ''
}

use_dovecot_file() {
  try dovecot -c /tmp/dovecot.conf stop; sleep 1
  sed 's,^syslog_facility.*,log_path = /var/log/dovecot.log\ninfo_log_path = /var/log/dovecot-info.log,' /tmp/dovecot.conf > /tmp/dovecot-file.conf
  serve dovecot -F -c /tmp/dovecot-file.conf
  dovecot_session
  try dovecot -c /tmp/dovecot-file.conf stop
}

use_exim() {
  mkdir -p /var/log/exim4 /var/spool/exim4; id Debian-exim > /dev/null 2>&1 || useradd -r Debian-exim
  chown -R Debian-exim /var/log/exim4 /var/spool/exim4
  cat > /etc/exim-real.conf <<'CONF'
exim_user = Debian-exim
primary_hostname = web1.example.com
domainlist local_domains = web1.example.com
log_file_path = /var/log/exim4/%slog
log_selector = +smtp_connection +smtp_protocol_error +incoming_port
daemon_smtp_ports = 2525
acl_smtp_rcpt = check
begin acl
check:
  deny local_parts = ^.*[@%!/|]
  accept domains = +local_domains
         verify = recipient
  accept authenticated = *
  deny message = relay not permitted
begin routers
local:
  driver = accept
  check_local_user
  transport = local_delivery
begin transports
local_delivery:
  driver = appendfile
  file = /tmp/mail-$local_part
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${if and{{eq{$auth2}{alice}}{eq{$auth3}{secret}}}}
  server_set_id = $auth2
CONF
  serve /opt/others/usr/sbin/exim4 -C /etc/exim-real.conf -bdf -q30m
  local server=$!
  try swaks --server $HOST:2525 --local-interface $FRIEND --from alice@example.com --to alice@web1.example.com
  try swaks --server $HOST:2525 --local-interface $STRANGER --from spam@example.net --to someone@example.org
  try swaks --server $HOST:2525 --local-interface $STRANGER --from spam@example.net --to nobody-there@web1.example.com
  try swaks --server $HOST:2525 --local-interface $STRANGER --auth PLAIN --auth-user alice --auth-password wrong --from a@example.net --to alice@web1.example.com
  try swaks --server $HOST:2525 --local-interface $FRIEND --auth PLAIN --auth-user alice --auth-password secret --from alice@example.com --to alice@web1.example.com
  say 2525 $STRANGER 'GET / HTTP/1.0\nQUIT\n'
  say 2525 $STRANGER 'EHLO x y z\nMAIL FROM:<a\nQUIT\n'
  say 2525 $STRANGER ''
  sleep 1; kill $server
}

# ftp PORT: what comes and goes.
ftp_session() {
  local quick=(curl -s -m 5 -o /dev/null)
  echo text > /tmp/up.txt
  try "${quick[@]}" --interface $FRIEND -u "alice:$PASSWORD" "ftp://$HOST:$1/"
  try "${quick[@]}" --interface $FRIEND -u "alice:$PASSWORD" -T /tmp/up.txt "ftp://$HOST:$1/up.txt"
  try "${quick[@]}" --interface $FRIEND -u "alice:$PASSWORD" "ftp://$HOST:$1/up.txt"
  try "${quick[@]}" --interface $FRIEND -u "alice:$PASSWORD" -Q '-DELE up.txt' -Q '-MKD new' -Q '-RMD new' "ftp://$HOST:$1/"
  try "${quick[@]}" --interface $STRANGER -u alice:wrong "ftp://$HOST:$1/"
  try "${quick[@]}" --interface $STRANGER -u root:wrong "ftp://$HOST:$1/"
  try "${quick[@]}" --interface $STRANGER -u nobody-there:wrong "ftp://$HOST:$1/"
  try "${quick[@]}" --interface $STRANGER "ftp://$HOST:$1/"
  say "$1" $STRANGER 'BROKEN\nQUIT\n'
}

use_vsftpd() {
  mkdir -p /var/run/vsftpd/empty
  printf 'auth required pam_unix.so\naccount required pam_unix.so\nsession optional pam_unix.so\n' > /etc/pam.d/vsftpd
  printf 'listen=YES\nlisten_port=2121\nbackground=NO\nlocal_enable=YES\nwrite_enable=YES\nanonymous_enable=NO\nlog_ftp_protocol=%s\nxferlog_enable=YES\ndual_log_enable=YES\nsecure_chroot_dir=/var/run/vsftpd/empty\npam_service_name=vsftpd\nsyslog_enable=NO\nseccomp_sandbox=NO\nvsftpd_log_file=/var/log/vsftpd.log\n' NO > /tmp/vsftpd.conf
  chown root /tmp/vsftpd.conf
  serve /opt/others/usr/sbin/vsftpd /tmp/vsftpd.conf
  local server=$!
  ftp_session 2121
  kill $server
}

use_proftpd() {
  mkdir -p /var/log/proftpd /run/proftpd
  printf 'ServerName web1\nServerType standalone\nPort 2122\nUser proftpd\nGroup nogroup\nSystemLog /var/log/proftpd/proftpd.log\nTransferLog /var/log/proftpd/xferlog\nUseReverseDNS off\nRequireValidShell off\nPidFile /run/proftpd-real.pid\nScoreboardFile /run/proftpd/real.score\nLogFormat auth "%%v [%%P] %%h %%t \\"%%r\\" %%s"\nExtendedLog /var/log/proftpd/auth.log AUTH auth\n' > /tmp/proftpd.conf
  serve proftpd -n -c /tmp/proftpd.conf
  ftp_session 2122
  kill "$(cat /run/proftpd-real.pid)"; sleep 1
  sed -i '/^SystemLog/d' /tmp/proftpd.conf
  serve proftpd -n -c /tmp/proftpd.conf
  ftp_session 2122
  kill "$(cat /run/proftpd-real.pid)"
}

use_pureftpd() {
  printf 'auth required pam_unix.so\naccount required pam_unix.so\n' > /etc/pam.d/pure-ftpd
  serve /opt/others/usr/sbin/pure-ftpd -S 2123 -E -l pam -l unix -O clf:/var/log/pureftpd.log -d
  local server=$!
  ftp_session 2123
  kill $server
}
