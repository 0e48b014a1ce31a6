# Uses the servers well and badly: logins, failures, refusals, restarts. Run in the copy by make.sh.
#   use.sh [SERVER...]    all of them without a name
set -u
cd "$(dirname "$0")"
HOST=198.51.100.7     # the servers
FRIEND=192.0.2.7      # who may
STRANGER=203.0.113.9  # who should not
PASSWORD='correct horse'
export HOST FRIEND STRANGER PASSWORD

ip link set lo up
for address in $HOST $FRIEND $STRANGER; do ip address add "$address/32" dev lo; done
ip address add 2001:db8::7/128 dev lo 2> /dev/null
sed -i '/web1/d' /etc/hosts 2> /dev/null
printf '%s web1.example.com web1\n%s friend.example.com\n' $HOST $FRIEND >> /etc/hosts
id alice > /dev/null 2>&1 || useradd -m -s /bin/bash alice
id bob > /dev/null 2>&1 || useradd -m -s /bin/bash bob
printf 'alice:%s\nbob:%s\n' "$PASSWORD" "$PASSWORD" | chpasswd
chmod 1777 /tmp

# try COMMAND...: that may fail, and ends.
try() { timeout -k 1 "${LIMIT:-6}" "$@" > /dev/null 2>&1 < /dev/null || true; }
# serve COMMAND...: in the background, as long as the servers are used.
serve() { "$@" > "${LOG:-/dev/null}" 2>&1 < /dev/null & sleep "${WAIT:-1}"; }
# say PORT ADDRESS TEXT: a dialogue line by line, from that address.
say() { printf '%b' "$3" | while IFS= read -r line; do printf '%s\r\n' "$line"; sleep 0.3; done | timeout 6 nc -q 1 -s "$2" $HOST "$1" > /dev/null 2>&1 || true; }

. ./system.sh
. ./web.sh
. ./mail.sh
. ./data.sh
. ./network.sh
serve rsyslogd -n
all=$(declare -F | sed -n 's/^declare -f use_//p')
for server in ${*:-$all}; do
  printf '%s ' "$server" >&2
  "use_$server" 2>> /tmp/errors
done
echo >&2
sed 's/^/  /' /tmp/errors | tail -n 40 >&2
sleep 1
