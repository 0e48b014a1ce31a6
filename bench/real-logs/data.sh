# Databases, brokers, directories.

use_redis() {
  printf 'user default on nopass ~* &* +@all\nuser alice on >secret ~* +@all\n' > /tmp/redis.acl
  serve redis-server --port 6380 --bind '*' --protected-mode yes --logfile /var/log/redis.log --loglevel verbose --dir /tmp --pidfile /run/redis-real.pid
  local server=$!
  try redis-cli -h 127.0.0.1 -p 6380 set a b
  try redis-cli -h 127.0.0.1 -p 6380 auth alice wrong
  say 6380 $STRANGER 'GET / HTTP/1.1\nHost: x\n'
  try redis-cli -h 127.0.0.1 -p 6380 bgsave; sleep 1
  try redis-cli -h 127.0.0.1 -p 6380 replicaof 127.0.0.1 9; sleep 2
  kill $server; sleep 1
}

use_mosquitto() {
  printf 'listener 1884\nallow_anonymous false\npassword_file /tmp/mosquitto.users\nlog_dest file /var/log/mosquitto.log\nlog_dest syslog\nlog_timestamp_format %%Y-%%m-%%dT%%H:%%M:%%S\n' > /tmp/mosquitto.conf
  touch /tmp/mosquitto.users; try mosquitto_passwd -b /tmp/mosquitto.users alice secret; chmod 644 /tmp/mosquitto.users
  touch /var/log/mosquitto.log; chmod 666 /var/log/mosquitto.log
  serve mosquitto -c /tmp/mosquitto.conf
  local server=$!
  try mosquitto_pub -h $HOST -p 1884 -A $FRIEND -u alice -P secret -t a -m b
  try mosquitto_pub -h $HOST -p 1884 -A $STRANGER -u alice -P wrong -t a -m b
  try mosquitto_pub -h $HOST -p 1884 -A $STRANGER -t a -m b
  say 1884 $STRANGER 'GET / HTTP/1.1\n'
  kill $server
}

use_mariadb() {
  mkdir -p /tmp/mysql /run/mysqld; chown mysql /tmp/mysql /run/mysqld
  try mariadb-install-db --user=mysql --datadir=/tmp/mysql --skip-test-db
  touch /var/log/mysql-error.log /var/log/mysql-general.log /var/log/mysql-slow.log; chown mysql /var/log/mysql-*.log
  WAIT=4 serve mariadbd --no-defaults --user=mysql --datadir=/tmp/mysql --port=3307 --socket=/tmp/mysql.sock --pid-file=/tmp/mysql.pid --log-error=/var/log/mysql-error.log --log-warnings=9 --general-log --general-log-file=/var/log/mysql-general.log --slow-query-log --slow-query-log-file=/var/log/mysql-slow.log --long-query-time=0 --skip-name-resolve --plugin-load-add=server_audit --server-audit-logging=ON --server-audit-output-type=file --server-audit-file-path=/var/log/mysql-error.log.audit
  local server=$!
  try mariadb -S /tmp/mysql.sock -e "create user 'alice'@'%' identified by 'secret'; grant select on mysql.* to alice; create database shop"
  try mariadb -h $HOST -P 3307 --bind-address=$FRIEND -u alice -psecret -e 'select user from mysql.user'
  try mariadb -h $HOST -P 3307 --bind-address=$STRANGER -u alice -pwrong -e 'select 1'
  try mariadb -h $HOST -P 3307 --bind-address=$STRANGER -u nobody-there -pwrong -e 'select 1'
  try mariadb -h $HOST -P 3307 --bind-address=$STRANGER -u alice -psecret shop -e 'select 1'
  say 3307 $STRANGER 'GET / HTTP/1.1\n'
  kill $server; sleep 3
}

use_postgresql() {
  local bin data=/tmp/postgres
  bin=$(ls -d /usr/lib/postgresql/*/bin | head -n 1)
  mkdir -p $data /var/log/pg; chown postgres $data /var/log/pg
  try su postgres -s /bin/sh -c "$bin/initdb -D $data"
  printf "host all all all scram-sha-256\n" > $data/pg_hba.conf; printf 'local all all trust\nhost all bob all reject\n%s\n' "$(cat $data/pg_hba.conf)" > $data/pg_hba.conf
  cat >> $data/postgresql.conf <<'CONF'
port = 5433
listen_addresses = '*'
unix_socket_directories = '/tmp'
logging_collector = on
log_directory = '/var/log/pg'
log_destination = 'stderr,csvlog,jsonlog'
log_filename = 'postgresql.log'
log_connections = on
log_disconnections = on
log_hostname = off
log_statement = 'all'
log_line_prefix = '%m [%p] %q%u@%d %r '
CONF
  WAIT=3 serve su postgres -s /bin/sh -c "$bin/postgres -D $data"
  try psql -h /tmp -p 5433 -U postgres -c "create role alice login password 'secret'" -c 'select 1/0' -c 'select * from nowhere'
  PGPASSWORD=secret try psql -h $HOST -p 5433 -U alice postgres -c 'select 1'
  PGPASSWORD=wrong try psql -h $HOST -p 5433 -U alice postgres -c 'select 1'
  PGPASSWORD=wrong try psql -h $HOST -p 5433 -U nobody_there postgres -c 'select 1'
  PGPASSWORD=wrong try psql -h $HOST -p 5433 -U bob postgres -c 'select 1'
  PGPASSWORD=secret try psql -h $HOST -p 5433 -U alice nodb -c 'select 1'
  say 5433 $STRANGER 'GET / HTTP/1.1\n'
  try psql -h /tmp -p 5433 -U postgres -c 'select pg_reload_conf()'
  kill -INT "$(head -n 1 $data/postmaster.pid)"; sleep 2
}

use_slapd() {
  mkdir -p /tmp/slapd/db /run/slapd
  printf 'include /etc/ldap/schema/core.schema\npidfile /tmp/slapd/pid\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\nloglevel stats\ndatabase mdb\nsuffix "dc=example,dc=com"\nrootdn "cn=admin,dc=example,dc=com"\nrootpw secret\ndirectory /tmp/slapd/db\n' > /tmp/slapd.conf
  serve slapd -d 0 -f /tmp/slapd.conf -h ldap://:3389/
  local server=$!
  try ldapsearch -x -H ldap://$HOST:3389 -D cn=admin,dc=example,dc=com -w secret -b dc=example,dc=com
  try ldapsearch -x -H ldap://$HOST:3389 -D cn=admin,dc=example,dc=com -w wrong -b dc=example,dc=com
  try ldapsearch -x -H ldap://$HOST:3389 -b dc=example,dc=com
  kill $server
}

use_samba() {
  mkdir -p /tmp/share /var/log/samba /run/samba; chmod 777 /tmp/share
  printf '[global]\nsmb ports = 4455\nlog file = /var/log/samba/log.%%m\nlog level = 3 auth:5\nmap to guest = never\ndisable netbios = yes\nbind interfaces only = no\nvfs objects = full_audit\nfull_audit:prefix = %%u|%%I|%%S\nfull_audit:success = mkdirat unlinkat renameat openat\nfull_audit:failure = all\n[share]\npath = /tmp/share\nread only = no\n' > /tmp/smb.conf
  printf 'secret\nsecret\n' | smbpasswd -c /tmp/smb.conf -s -a alice > /dev/null 2>&1
  serve smbd -F --no-process-group -s /tmp/smb.conf
  local server=$!
  LIMIT=10 try smbclient //$HOST/share -p 4455 -U alice%secret -c 'put /etc/hosts h; mkdir d; rmdir d; del h'
  LIMIT=10 try smbclient //$HOST/share -p 4455 -U alice%wrong -c ls
  LIMIT=10 try smbclient //$HOST/share -p 4455 -U nobody-there%wrong -c ls
  LIMIT=10 try smbclient //$HOST/missing -p 4455 -U alice%secret -c ls
  kill $server
}

use_rsync() {
  printf 'alice:secret\n' > /tmp/rsyncd.secrets; chmod 600 /tmp/rsyncd.secrets
  printf 'port = 8730\nlog file = /var/log/rsyncd.log\nuse chroot = no\n[data]\npath = /tmp/share\nauth users = alice\nsecrets file = /tmp/rsyncd.secrets\n[closed]\npath = /tmp\nhosts allow = 192.0.2.99\n' > /tmp/rsyncd.conf
  mkdir -p /tmp/share; echo a > /tmp/share/a
  serve rsync --daemon --no-detach --config=/tmp/rsyncd.conf
  local server=$!
  RSYNC_PASSWORD=secret try rsync --address=$FRIEND rsync://alice@$HOST:8730/data/ /tmp/got/
  RSYNC_PASSWORD=wrong try rsync --address=$STRANGER rsync://alice@$HOST:8730/data/ /tmp/got/
  try rsync --address=$STRANGER rsync://$HOST:8730/closed/
  try rsync --address=$STRANGER rsync://$HOST:8730/missing/
  kill $server
}
