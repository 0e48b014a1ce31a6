# Names, addresses, tunnels, time, and what watches.

use_bind() {
  mkdir -p /tmp/named /var/log/named; chown bind /tmp/named /var/log/named
  cat > /tmp/named/named.conf <<CONF
options { directory "/tmp/named"; listen-on port 5301 { any; }; listen-on-v6 { none; }; pid-file "/tmp/named/pid"; recursion yes; allow-recursion { $FRIEND; }; allow-transfer { none; }; dnssec-validation no; empty-zones-enable no; };
zone "example.com" { type master; file "/tmp/named/example.com"; allow-update { none; }; };
logging { channel own { file "/var/log/named/named.log"; print-time yes; print-severity yes; print-category yes; severity info; };
  channel queries { file "/var/log/named/queries.log"; print-time iso8601; print-severity yes; print-category yes; };
  channel plain { syslog daemon; };
  category default { own; plain; }; category security { own; plain; }; category update-security { own; plain; }; category xfer-out { own; plain; }; category queries { queries; own; plain; }; };
controls { };
CONF
  printf '$TTL 60\n@ SOA ns a 1 60 60 60 60\n@ NS ns\nns A 198.51.100.7\nwww A 198.51.100.7\n' > /tmp/named/example.com
  serve named -f -c /tmp/named/named.conf -u bind
  local server=$!
  try dig @$HOST -p 5301 -b $FRIEND www.example.com +tries=1 +time=1
  try dig @$HOST -p 5301 -b $STRANGER www.example.net +tries=1 +time=1
  try dig @$HOST -p 5301 -b $STRANGER example.com AXFR +tries=1 +time=1
  printf "server $HOST 5301\nlocal $STRANGER\nupdate add x.example.com 60 A 203.0.113.1\nsend\n" | timeout 5 nsupdate > /dev/null 2>&1 || true
  kill -HUP $server; sleep 1; kill $server; sleep 1
}

use_unbound() {
  mkdir -p /tmp/unbound
  printf 'server:\n  interface: 0.0.0.0@5302\n  do-daemonize: no\n  chroot: ""\n  username: ""\n  directory: "/tmp/unbound"\n  pidfile: "/tmp/unbound/pid"\n  use-syslog: %s\n  logfile: "/var/log/unbound.log"\n  log-time-ascii: %s\n  log-queries: yes\n  log-replies: yes\n  log-local-actions: yes\n  verbosity: 2\n  access-control: %s allow\n  access-control: %s refuse\n  local-zone: "bad.example" always_nxdomain\n' no yes "$FRIEND/32" "$STRANGER/32" > /tmp/unbound.conf
  for way in file syslog; do
    [ $way = syslog ] && sed -i 's/use-syslog: no/use-syslog: yes/; s/^  logfile.*//' /tmp/unbound.conf
    serve unbound -d -c /tmp/unbound.conf
    local server=$!
    try dig @$HOST -p 5302 -b $FRIEND www.bad.example +tries=1 +time=1
    try dig @$HOST -p 5302 -b $STRANGER www.example.net +tries=1 +time=1
    kill $server; sleep 1
  done
}

use_dnsmasq() {
  serve dnsmasq -k -p 5303 --log-queries=extra --log-dhcp --no-resolv --address=/example.test/198.51.100.7 --no-hosts -u root
  local server=$!
  try dig @$HOST -p 5303 -b $FRIEND www.example.test +tries=1 +time=1
  try dig @$HOST -p 5303 -b $STRANGER www.example.net +tries=1 +time=1
  kill -USR1 $server; sleep 1; kill $server
}

use_dhcp() {
  ip link add left type veth peer name right; ip address add 10.9.0.1/24 dev left; ip link set left up; ip link set right up
  mkdir -p /tmp/dhcp; touch /tmp/dhcp/leases
  printf 'subnet 10.9.0.0 netmask 255.255.255.0 { range 10.9.0.10 10.9.0.20; }\nauthoritative;\n' > /tmp/dhcp/dhcpd.conf
  serve dhcpd -f -4 -cf /tmp/dhcp/dhcpd.conf -lf /tmp/dhcp/leases -pf /tmp/dhcp/pid left
  LIMIT=10 try dhclient -1 -v -sf /bin/true -lf /tmp/dhcp/client -pf /tmp/dhcp/client.pid right
  LIMIT=5 try dhclient -r -sf /bin/true -lf /tmp/dhcp/client -pf /tmp/dhcp/client.pid right
  kill "$(cat /tmp/dhcp/pid)"; sleep 1
  mkdir -p /run/kea /var/lib/kea
  printf '{"Dhcp4":{"interfaces-config":{"interfaces":["left"]},"lease-database":{"type":"memfile","persist":false},"subnet4":[{"subnet":"10.9.0.0/24","pools":[{"pool":"10.9.0.30-10.9.0.40"}]}],"loggers":[{"name":"kea-dhcp4","output_options":[{"output":"/var/log/kea.log"}],"severity":"INFO"}]}}' > /tmp/kea.json
  serve kea-dhcp4 -c /tmp/kea.json
  local server=$!
  LIMIT=10 try dhclient -1 -v -sf /bin/true -lf /tmp/dhcp/client2 -pf /tmp/dhcp/client.pid right
  kill $server; try pkill -x dhclient
}

use_openvpn() {
  local dir=/tmp/openvpn; mkdir -p $dir; cd $dir || return
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 30 -subj /CN=ca > /dev/null 2>&1
  for name in server alice; do
    openssl req -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj /CN=$name > /dev/null 2>&1
    openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out $name.crt -days 30 > /dev/null 2>&1
  done
  openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -days 30 -subj /CN=other > /dev/null 2>&1
  printf '#!/bin/sh\n{ read u; read p; } < "$1"; [ "$p" = secret ]\n' > check.sh; chmod 755 check.sh
  local common=(--dev null --ifconfig-noexec --route-noexec --verb 3 --ca ca.crt --port 1195 --proto tcp-server)
  serve openvpn --mode server --tls-server "${common[@]}" --dh none --cert server.crt --key server.key --auth-user-pass-verify "$dir/check.sh" via-file --script-security 2 --username-as-common-name --log /var/log/openvpn.log --keepalive 2 6
  local server=$!
  printf 'alice\nsecret\n' > good; printf 'alice\nwrong\n' > bad
  local client=(openvpn --client --nobind --dev null --ifconfig-noexec --route-noexec --ca ca.crt --remote $HOST 1195 tcp-client --verb 3 --connect-retry-max 1)
  LIMIT=5 try "${client[@]}" --cert alice.crt --key alice.key --auth-user-pass good
  LIMIT=5 try "${client[@]}" --cert alice.crt --key alice.key --auth-user-pass bad
  LIMIT=5 try "${client[@]}" --cert other.crt --key other.key --auth-user-pass good
  say 1195 $STRANGER 'GET / HTTP/1.1\n'
  kill -USR1 $server; sleep 1; kill $server; cd /tmp/tools || return
}

use_ipsec() {
  printf 'config setup\nconn a\n left=%s\n right=%%any\n authby=psk\n auto=add\n keyexchange=ikev2\n' $HOST > /etc/ipsec.conf
  printf '%%any : PSK "secret"\n' > /etc/ipsec.secrets
  LIMIT=10 try ipsec start; sleep 2
  printf '\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\41\40\42\10\0\0\0\0\0\0\0\34' | timeout 3 nc -u -q 1 -s $STRANGER $HOST 500 > /dev/null 2>&1
  LIMIT=5 try ipsec up a; LIMIT=10 try ipsec stop
}

use_radius() {
  mkdir -p /var/log/freeradius; 
  printf 'client all { ipaddr = 0.0.0.0/0\n secret = testing123\n }\n' >> /etc/freeradius/3.0/clients.conf
  sed -i '1i alice Cleartext-Password := "secret"' /etc/freeradius/3.0/mods-config/files/authorize
  sed -i 's/^\(\s*\)auth = no/\1auth = yes/' /etc/freeradius/3.0/radiusd.conf
  serve freeradius -f; sleep 2
  try radtest alice secret 127.0.0.1 0 testing123
  try radtest alice wrong 127.0.0.1 0 testing123
  try radtest nobody-there wrong 127.0.0.1 0 testing123
  try radtest alice secret 127.0.0.1 0 badsecret
  try pkill -x freeradius; sleep 1
}

use_cups() {
  mkdir -p /var/log/cups /run/cups
  printf 'LogLevel debug\nListen *:6310\nAccessLogLevel all\n<Location />\nOrder allow,deny\nAllow %s\n</Location>\n<Location /admin>\nAuthType Basic\nRequire user @SYSTEM\nOrder allow,deny\nAllow all\n</Location>\n' $FRIEND > /tmp/cupsd.conf
  cp /tmp/cupsd.conf /etc/cups/cupsd.conf
  serve cupsd -f -c /etc/cups/cupsd.conf
  local server=$!
  try curl -s -m 3 --interface $FRIEND http://$HOST:6310/
  try curl -s -m 3 --interface $STRANGER http://$HOST:6310/
  try curl -s -m 3 --interface $STRANGER -u root:wrong http://$HOST:6310/admin/
  kill $server; sleep 1
}

use_chrony() {
  mkdir -p /run/chrony
  serve chronyd -x -n -f /dev/null
  sleep 1; try pkill -x chronyd
}

use_irc() {
  printf '[Global]\nName=web1.example.com\nInfo=x\nPorts=6668\nListen=0.0.0.0\n[Options]\nIdent=no\nPAM=no\n[Operator]\nName=boss\nPassword=secret\n' > /tmp/ngircd.conf
  serve ngircd -n -f /tmp/ngircd.conf
  local server=$!
  say 6668 $FRIEND 'NICK alice\nUSER a a a a\nOPER boss secret\nJOIN #a\nQUIT\n'
  say 6668 $STRANGER 'NICK mallory\nUSER m m m m\nOPER boss wrong\nQUIT\n'
  kill $server
}

use_prosody() {
  mkdir -p /tmp/prosody /var/log/prosody; chown prosody /tmp/prosody /var/log/prosody
  printf 'data_path="/tmp/prosody"\npidfile="/tmp/prosody/pid"\nallow_unencrypted_plain_auth=true\nc2s_require_encryption=false\nmodules_enabled={"saslauth";"posix"}\nlog={{levels={min="info"},to="file",filename="/var/log/prosody/prosody.log"},{levels={min="info"},to="syslog"}}\nVirtualHost "localhost"\n' > /tmp/prosody.cfg.lua
  serve su prosody -s /bin/sh -c 'prosody --config /tmp/prosody.cfg.lua -F'
  sleep 1
  say 5222 $STRANGER "<stream:stream to='localhost' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>\n<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHdyb25n</auth>\n</stream:stream>\n"
  kill "$(cat /tmp/prosody/pid)"
}

use_snmpd() {
  printf 'rocommunity public %s\nauthtrapenable 1\n' $FRIEND > /tmp/snmpd.conf
  serve snmpd -f -Lsd -C -c /tmp/snmpd.conf -p /tmp/snmpd.pid udp:1161
  local server=$!
  try snmpget -v2c -c public -Oqv $HOST:1161 1.3.6.1.2.1.1.1.0
  try snmpget -v2c -c wrong -r 0 -t 1 $HOST:1161 1.3.6.1.2.1.1.1.0
  kill $server
}

use_stunnel() {
  cat /tmp/openvpn/server.key /tmp/openvpn/server.crt > /tmp/stunnel.pem 2> /dev/null
  printf 'foreground=yes\noutput=/var/log/stunnel.log\nsyslog=yes\ndebug=6\n[web]\naccept=8010\nconnect=127.0.0.1:9\ncert=/tmp/stunnel.pem\n' > /tmp/stunnel.conf
  serve stunnel4 /tmp/stunnel.conf
  local server=$!
  try curl -sk -m 3 --interface $FRIEND https://$HOST:8010/
  say 8010 $STRANGER 'GET / HTTP/1.0\n'
  kill $server
}

use_xinetd() {
  printf 'defaults\n{\n log_type = SYSLOG daemon info\n log_on_success = HOST PID EXIT DURATION\n log_on_failure = HOST\n}\nservice real\n{\n type = UNLISTED\n port = 7007\n socket_type = stream\n wait = no\n user = root\n server = /bin/true\n protocol = tcp\n only_from = %s\n}\n' $FRIEND > /tmp/xinetd.conf
  serve xinetd -dontfork -f /tmp/xinetd.conf
  local server=$!
  say 7007 $FRIEND 'a\n'; say 7007 $STRANGER 'a\n'
  kill $server
}

use_monit() {
  printf 'set daemon 2\nset log /var/log/monit.log\nset pidfile /tmp/monit.pid\nset statefile /tmp/monit.state\nset httpd port 2812 and allow alice:secret\ncheck process none with pidfile /tmp/none.pid\n start program = "/bin/false"\n' > /tmp/monitrc; chmod 600 /tmp/monitrc
  serve monit -I -c /tmp/monitrc
  local server=$!
  try curl -s -m 3 --interface $FRIEND -u alice:secret http://$HOST:2812/
  try curl -s -m 3 --interface $STRANGER -u alice:wrong http://$HOST:2812/
  sleep 2; kill $server
}
