# Installs the servers, without starting any; run in the copy by make.sh.
set -eu
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io \
  apache2 auditd bind9 bind9-dnsutils chrony cron cups cups-client curl dnsmasq-base dovecot-imapd dovecot-pop3d dropbear-bin fail2ban freeradius freeradius-utils \
  gunicorn haproxy iproute2 isc-dhcp-client isc-dhcp-server kea-dhcp4-server ldap-utils lftp libapache2-mod-security2 lighttpd mariadb-server monit mosquitto \
  mosquitto-clients netcat-openbsd nginx-light ngircd opendoas openssh-client openssh-server openssl openvpn php-fpm postfix postgresql privoxy proftpd-core \
  prosody redis-server rsync rsyslog samba slapd smbclient snmp snmpd squid sshpass strongswan-charon strongswan-starter stunnel4 sudo swaks sysstat telnet \
  tinyproxy ufw unbound uwsgi-core varnish xinetd > /dev/null
# These keep each other out as packages.
mkdir -p /var/cache/others
cd /var/cache/others
apt-get download -qq exim4-base exim4-config exim4-daemon-light pure-ftpd pure-ftpd-common vsftpd 2> /dev/null
for package in *.deb; do dpkg -x "$package" /opt/others; done
