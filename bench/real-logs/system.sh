# Logins, rights and accounts.

use_sshd() {
  mkdir -p /run/sshd
  serve /usr/sbin/sshd -D -p 2201 -o LogLevel=VERBOSE -o MaxAuthTries=3 -o "DenyUsers=bob" -o PidFile=/run/sshd-real.pid
  local client=(ssh -p 2201 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=password -o PubkeyAuthentication=no)
  try sshpass -p "$PASSWORD" "${client[@]}" -b $FRIEND alice@$HOST true
  try sshpass -p wrong "${client[@]}" -b $STRANGER alice@$HOST true
  try sshpass -p wrong "${client[@]}" -b $STRANGER root@$HOST true
  try sshpass -p wrong "${client[@]}" -b $STRANGER nobody-there@$HOST true
  try sshpass -p "$PASSWORD" "${client[@]}" -b $STRANGER bob@$HOST true
  try ssh-keygen -q -t ed25519 -N '' -f /tmp/key
  try ssh -p 2201 -i /tmp/key -o StrictHostKeyChecking=no -o BatchMode=yes -b $STRANGER alice@$HOST true
  install -d -o alice -m 700 /home/alice/.ssh
  install -o alice -m 600 /tmp/key.pub /home/alice/.ssh/authorized_keys
  try ssh -p 2201 -i /tmp/key -o StrictHostKeyChecking=no -o BatchMode=yes -b $FRIEND alice@$HOST true
  try ssh -p 2201 -c aes128-cbc -b $STRANGER alice@$HOST true
  say 2201 $STRANGER 'GET / HTTP/1.0\n\n'
  say 2201 $STRANGER ''
  kill -HUP "$(cat /run/sshd-real.pid)"; sleep 1
  kill "$(cat /run/sshd-real.pid)"
}

use_dropbear() {
  try dropbearkey -t ed25519 -f /tmp/dropbear-key
  serve dropbear -F -r /tmp/dropbear-key -p 2202 -P /run/dropbear-real.pid
  local client=(ssh -p 2202 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=password -o PubkeyAuthentication=no)
  try sshpass -p "$PASSWORD" "${client[@]}" -b $FRIEND alice@$HOST true
  try sshpass -p wrong "${client[@]}" -b $STRANGER alice@$HOST true
  try sshpass -p wrong "${client[@]}" -b $STRANGER nobody-there@$HOST true
  try ssh -p 2202 -i /tmp/key -o StrictHostKeyChecking=no -o BatchMode=yes -b $FRIEND alice@$HOST true
  say 2202 $STRANGER 'GET / HTTP/1.0\n\n'
  kill "$(cat /run/dropbear-real.pid)"
}

use_rights() {
  echo 'alice ALL=(ALL) NOPASSWD: /usr/bin/id' > /etc/sudoers.d/alice
  try su alice -c 'sudo -n /usr/bin/id'
  try su alice -c 'sudo -n /usr/bin/cat /etc/shadow'
  try su alice -c 'echo wrong | sudo -S /usr/bin/cat /etc/shadow'
  try su bob -c 'echo wrong | sudo -S -u root /bin/sh'
  printf 'permit nopass alice as root cmd id\ndeny bob\n' > /etc/doas.conf
  try su alice -c 'doas id'
  try su bob -c 'doas -n id'
  try su alice -c 'echo wrong | su root'
  try su - bob
  try su nobody-there
}

use_accounts() {
  try groupadd staff2; try useradd -m -G staff2 carol
  echo 'carol:other words' | chpasswd
  try usermod -aG sudo carol; try usermod -L carol; try chage -E 2026-01-01 carol; try chsh -s /bin/sh carol; try chfn -f Carol carol
  try gpasswd -a bob staff2; try gpasswd -d bob staff2; try groupmod -n staff3 staff2
  try useradd carol; try userdel -r carol; try groupdel staff3; try passwd -l bob; try passwd -u bob
}

use_cron() {
  serve cron -f -L 15
  echo '* * * * * /bin/true' | crontab -u alice -
  try crontab -u alice -l
  echo 'broken line' | crontab -u bob - 2> /dev/null
  echo '* * * * * root /bin/false' > /etc/cron.d/real; chmod 644 /etc/cron.d/real
  sleep "$((62 - 10#$(date +%S)))"
  try crontab -u alice -r
}

use_fail2ban() {
  mkdir -p /run/fail2ban
  printf '[DEFAULT]\nbackend=polling\nbanaction=dummy\n[sshd]\nenabled=true\nlogpath=/var/log/auth.log\nmaxretry=2\nfindtime=1d\n' > /etc/fail2ban/jail.d/defaults-debian.conf
  printf '[Definition]\nactionban=true\nactionunban=true\n' > /etc/fail2ban/action.d/dummy.conf
  touch /var/log/auth.log
  serve fail2ban-server -f -x start
  sleep 2
  for _ in 1 2 3; do logger -t sshd -p auth.info "Failed password for root from $STRANGER port 50111 ssh2"; done
  sleep 3
  try fail2ban-client set sshd banip 203.0.113.77; try fail2ban-client set sshd unbanip 203.0.113.77; try fail2ban-client reload; try fail2ban-client stop
}

use_packages() {
  try dpkg --configure -a; try apt-get remove -y -qq telnet; try update-alternatives --set editor /bin/nano
}

use_audit() { serve auditd -n; sleep 1; try pkill -x auditd -N; }
