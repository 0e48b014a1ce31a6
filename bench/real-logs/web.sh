# Web servers and proxies.

# requests PORT: what people and strangers ask for.
requests() {
  local at="http://$HOST:$1" quick=(curl -s -o /dev/null -m 3)
  try "${quick[@]}" --interface $FRIEND "$at/"
  try "${quick[@]}" --interface $FRIEND -u alice:secret -A 'Mozilla/5.0 (X11; Linux x86_64) "quoted"' -e http://www.example.com/ "$at/private/"
  try "${quick[@]}" --interface $STRANGER -u alice:wrong "$at/private/"
  try "${quick[@]}" --interface $STRANGER --path-as-is "$at/../../etc/passwd"
  try "${quick[@]}" --interface $STRANGER "$at/a.php?id=1%27%20or%201=1--"
  try "${quick[@]}" --interface $STRANGER -X POST -d 'a=b' "$at/missing"
  try "${quick[@]}" --interface $STRANGER "$at/forbidden/x"
  say "$1" $STRANGER 'BROKEN\n\n'
  say "$1" $STRANGER '\026\003\001\002\n\n'
}

use_nginx() {
  mkdir -p /tmp/nginx/private /var/log/nginx; echo hello > /tmp/nginx/index.html; chmod -R a+rX /tmp/nginx
  printf 'alice:%s\n' "$(openssl passwd -apr1 secret)" > /tmp/nginx.users
  cat > /tmp/nginx.conf <<'CONF'
error_log /var/log/nginx/error.log info; pid /run/nginx-real.pid; events {}
http { access_log /var/log/nginx/access.log combined;
  limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/s;
  server { listen 8001; root /tmp/nginx;
    location /private/ { auth_basic "private"; auth_basic_user_file /tmp/nginx.users; }
    location /forbidden/ { deny all; }
    location /slow { limit_req zone=slow; }
    location /api { proxy_pass http://127.0.0.1:9; } } }
CONF
  serve nginx -g 'daemon off;' -c /tmp/nginx.conf
  requests 8001
  for _ in 1 2 3; do try curl -s -m 3 --interface $STRANGER http://$HOST:8001/slow; done
  try curl -s -m 3 --interface $STRANGER http://$HOST:8001/api
  kill -HUP "$(cat /run/nginx-real.pid)"; sleep 1; kill -QUIT "$(cat /run/nginx-real.pid)"
}

use_apache() {
  mkdir -p /tmp/apache/private /var/log/apache2 /run/apache2 /tmp/apache/forbidden; chmod -R a+rX /tmp/apache
  printf 'alice:%s\n' "$(openssl passwd -apr1 secret)" > /tmp/apache.users
  cat > /tmp/apache.conf <<'CONF'
ServerName web1.example.com
Listen 8002
PidFile /run/apache-real.pid
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authn_file_module /usr/lib/apache2/modules/mod_authn_file.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule auth_basic_module /usr/lib/apache2/modules/mod_auth_basic.so
LoadModule unique_id_module /usr/lib/apache2/modules/mod_unique_id.so
LoadModule security2_module /usr/lib/apache2/modules/mod_security2.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
User www-data
Group www-data
DocumentRoot /tmp/apache
LogLevel info
ErrorLog /var/log/apache2/error.log
LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" combined
LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost
CustomLog /var/log/apache2/access.log combined
CustomLog /var/log/apache2/other_vhosts_access.log vhost
SecRuleEngine On
SecAuditEngine RelevantOnly
SecAuditLog /var/log/apache2/modsec_audit.log
SecAuditLogParts ABIJDEFHZ
SecAuditLogRelevantStatus "^4"
SecTmpDir /tmp
SecDataDir /tmp
SecRule ARGS "@contains or 1=1" "id:1001,phase:2,deny,status:403,log,msg:'SQL injection',severity:CRITICAL,tag:'attack-sqli'"
<Directory /tmp/apache>
Require all granted
</Directory>
<Location /private>
AuthType Basic
AuthName private
AuthUserFile /tmp/apache.users
Require user alice
</Location>
<Location /forbidden>
Require all denied
</Location>
ProxyPass /api http://127.0.0.1:9/
CONF
  serve apache2 -DFOREGROUND -f /tmp/apache.conf
  requests 8002
  try curl -s -m 3 --interface $STRANGER -u nobody-there:x http://$HOST:8002/private/
  try curl -s -m 3 --interface $STRANGER http://$HOST:8002/api
  kill -USR1 "$(cat /run/apache-real.pid)"; sleep 1; kill "$(cat /run/apache-real.pid)"; sleep 1
}

use_lighttpd() {
  mkdir -p /tmp/lighttpd /var/log/lighttpd; echo 'alice:secret' > /tmp/lighttpd.users; chown -R www-data /var/log/lighttpd
  cat > /tmp/lighttpd.conf <<'CONF'
server.modules = ("mod_access", "mod_auth", "mod_authn_file", "mod_accesslog")
server.document-root = "/tmp/lighttpd"
server.port = 8003
server.errorlog = "/var/log/lighttpd/error.log"
accesslog.filename = "/var/log/lighttpd/access.log"
auth.backend = "plain"
auth.backend.plain.userfile = "/tmp/lighttpd.users"
auth.require = ("/private/" => ("method" => "basic", "realm" => "private", "require" => "valid-user"))
url.access-deny = ("x")
debug.log-request-handling = "disable"
CONF
  serve lighttpd -D -f /tmp/lighttpd.conf
  local server=$!
  requests 8003
  kill $server
}

use_haproxy() {
  cat > /tmp/haproxy.cfg <<'CONF'
global
  log /dev/log local0
defaults
  log global
  timeout connect 2s
  timeout client 3s
  timeout server 3s
frontend web
  bind :8004
  mode http
  option httplog
  http-request deny if { path_beg /forbidden }
  default_backend app
backend app
  mode http
  server app1 127.0.0.1:8999 check
frontend tcp
  bind :8005
  mode tcp
  option tcplog
  default_backend tcp
backend tcp
  mode tcp
  server db1 127.0.0.1:8998
CONF
  serve haproxy -db -f /tmp/haproxy.cfg
  local server=$!
  requests 8004
  say 8005 $STRANGER 'hello\n'
  kill -USR1 $server
}

use_squid() {
  mkdir -p /var/log/squid; chown proxy:proxy /var/log/squid
  printf 'alice:%s\n' "$(openssl passwd -apr1 secret)" > /tmp/squid.users
  cat > /tmp/squid.conf <<CONF
http_port 3128
pid_filename /run/squid-real.pid
auth_param basic program /usr/lib/squid/basic_ncsa_auth /tmp/squid.users
acl known proxy_auth REQUIRED
acl friend src $FRIEND
http_access allow friend
http_access allow known
http_access deny all
access_log stdio:/var/log/squid/access.log squid
access_log stdio:/var/log/squid/combined.log combined
cache_log /var/log/squid/cache.log
CONF
  serve squid -N -f /tmp/squid.conf; sleep 1
  try curl -s -m 3 --interface $FRIEND -x http://$HOST:3128 http://127.0.0.1:9/a
  try curl -s -m 3 --interface $STRANGER -x http://$HOST:3128 http://127.0.0.1:9/a
  try curl -s -m 3 --interface $STRANGER -x http://alice:secret@$HOST:3128 http://127.0.0.1:9/a?b=c
  try curl -s -m 3 --interface $STRANGER -x http://alice:wrong@$HOST:3128 https://www.example.net/
  say 3128 $STRANGER 'BROKEN\n\n'
  try squid -k reconfigure -f /tmp/squid.conf; try squid -k shutdown -f /tmp/squid.conf
}

use_tinyproxy() {
  mkdir -p /var/log/tinyproxy; chown tinyproxy /var/log/tinyproxy 2> /dev/null
  printf 'Port 3129\nUser tinyproxy\nGroup tinyproxy\nLogFile "/var/log/tinyproxy/tinyproxy.log"\nLogLevel Info\nTimeout 10\nAllow %s\n' $FRIEND > /tmp/tinyproxy.conf
  serve tinyproxy -d -c /tmp/tinyproxy.conf
  local server=$!
  try curl -s -m 3 --interface $FRIEND -x http://$HOST:3129 http://127.0.0.1:9/a
  try curl -s -m 3 --interface $STRANGER -x http://$HOST:3129 http://127.0.0.1:9/a
  kill $server
}

use_privoxy() {
  mkdir -p /var/log/privoxy; chown privoxy /var/log/privoxy 2> /dev/null
  printf 'listen-address :3130\nconfdir /etc/privoxy\nlogdir /var/log/privoxy\nlogfile logfile\ndebug 1\ndebug 512\ndebug 4096\ndebug 8192\npermit-access %s\n' $FRIEND > /tmp/privoxy.conf
  serve privoxy --no-daemon /tmp/privoxy.conf
  local server=$!
  try curl -s -m 3 --interface $FRIEND -x http://$HOST:3130 http://127.0.0.1:9/a
  try curl -s -m 3 --interface $STRANGER -x http://$HOST:3130 http://127.0.0.1:9/a
  kill $server
}

use_varnish() {
  mkdir -p /tmp/varnish
  serve varnishd -F -n /tmp/varnish -a :8006 -b 127.0.0.1:8001
  local server=$!
  LOG=/var/log/varnishncsa.log serve varnishncsa -n /tmp/varnish
  requests 8006
  sleep 1; kill $server
}

use_php() {
  mkdir -p /run/php
  printf '[global]\nerror_log=/var/log/php-fpm.log\nlog_level=debug\n[www]\nuser=www-data\ngroup=www-data\nlisten=127.0.0.1:9000\npm=dynamic\npm.max_children=2\npm.start_servers=1\npm.min_spare_servers=1\npm.max_spare_servers=2\naccess.log=/var/log/php-access.log\n' > /tmp/fpm.conf
  serve php-fpm8.2 -F -y /tmp/fpm.conf
  local server=$!
  sleep 1; kill -USR2 $server; sleep 1; kill -QUIT $server
}

use_python() {
  printf 'def app(environ, start):\n    start("200 OK" if environ["PATH_INFO"] == "/" else "404 Not Found", [("Content-Type", "text/plain")])\n    return [b"hello"]\n' > /tmp/web_app.py
  serve env PYTHONPATH=/tmp gunicorn -b :8007 --access-logfile /var/log/gunicorn-access.log --error-logfile /var/log/gunicorn-error.log --chdir /tmp web_app:app
  local server=$!
  requests 8007
  kill -HUP $server; sleep 1; kill $server
  serve uwsgi --http-socket :8008 --plugin python3 --chdir /tmp --module web_app:app --logto /var/log/uwsgi.log
  server=$!
  requests 8008
  kill -QUIT $server
  (cd /tmp/nginx && LOG=/var/log/http-server.log serve python3 -m http.server 8009)
  requests 8009
}
