// Which rows of the sets are of the families that the program is to read: the names of their packages or files.
const FAMILIES = {
  'elastic-integrations':
    '1password apache apache_tomcat auditd auth0 aws azure cef checkpoint cisco_asa cisco_ftd cisco_ios cisco_meraki cisco_umbrella ' +
    'cloudflare cloudflare_logpush elasticsearch fortinet_fortigate gcp github gitlab google_workspace haproxy hashicorp_vault iis ' +
    'iptables istio juniper_srx kafka keycloak modsecurity mongodb mysql mysql_enterprise nginx nginx_ingress_controller o365 okta ' +
    'osquery osquery_manager panw pfsense php_fpm postgresql rabbitmq redis slack snort sonicwall_firewall sophos spring_boot squid ' +
    'suricata sysmon_linux system tomcat traefik windows zeek zookeeper',
  'elastic-beats':
    'apache auditd elasticsearch haproxy iis kafka kibana logstash mongodb mysql nginx osquery postgresql redis santa system traefik',
};

const SETS = new Map(
  Object.entries(FAMILIES).map(([set, names]) => [set, new Set(names.split(' '))]),
);

/** Is the file of a set (`packages/NAME/...`, `filebeat/module/NAME/...`) of a listed family? */
export const isListed = (set, file) =>
  SETS.get(set)?.has(
    /^(?:packages|(?:x-pack\/)?filebeat\/module)\/([^/]+)\//.exec(file)?.[1] ?? '',
  ) ?? false;
