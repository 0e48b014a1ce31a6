/**
 * What Windows events are for rules: Sigma's categories by channel and number, its services by channel. Data.
 * @see https://github.com/SigmaHQ/sigma/tree/master/documentation/logsource-guides/windows
 */
import type { LogSource } from '../log-format.ts';

const PRODUCTS = ['windows'];
/** Sysmon for Linux, which writes the same events. */
const LINUX = ['Linux-Sysmon/Operational'];
const SYSMON = ['Microsoft-Windows-Sysmon/Operational'];

/** Channels of each service. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  application: ['Application'],
  security: ['Security'],
  system: ['System'],
  sysmon: SYSMON,
  powershell: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'],
  'powershell-classic': ['Windows PowerShell'],
  'appmodel-runtime': ['Microsoft-Windows-AppModel-Runtime/Admin'],
  'appxdeployment-server': ['Microsoft-Windows-AppXDeploymentServer/Operational'],
  'appxpackaging-om': ['Microsoft-Windows-AppxPackaging/Operational'],
  applocker: [
    'Microsoft-Windows-AppLocker/MSI and Script',
    'Microsoft-Windows-AppLocker/EXE and DLL',
    'Microsoft-Windows-AppLocker/Packaged app-Deployment',
    'Microsoft-Windows-AppLocker/Packaged app-Execution',
  ],
  'bits-client': ['Microsoft-Windows-Bits-Client/Operational'],
  bitlocker: ['Microsoft-Windows-BitLocker/BitLocker Management'],
  capi2: ['Microsoft-Windows-CAPI2/Operational'],
  'certificateservicesclient-lifecycle-system': [
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
  ],
  'codeintegrity-operational': ['Microsoft-Windows-CodeIntegrity/Operational'],
  'diagnosis-scripted': ['Microsoft-Windows-Diagnosis-Scripted/Operational'],
  dhcp: ['Microsoft-Windows-DHCP-Server/Operational'],
  'dns-client': [
    'Microsoft-Windows-DNS Client Events/Operational',
    'Microsoft-Windows-DNS-Client/Operational',
  ],
  'dns-server': ['DNS Server'],
  'dns-server-analytic': ['Microsoft-Windows-DNS-Server/Analytical'],
  'dns-server-audit': ['Microsoft-Windows-DNS-Server/Audit'],
  'driver-framework': ['Microsoft-Windows-DriverFrameworks-UserMode/Operational'],
  'firewall-as': ['Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'],
  hyper_v_worker: ['Microsoft-Windows-Hyper-V-Worker'],
  'iis-configuration': ['Microsoft-IIS-Configuration/Operational'],
  'kernel-event-tracing': ['Microsoft-Windows-Kernel-EventTracing'],
  'kernel-shimengine': [
    'Microsoft-Windows-Kernel-ShimEngine/Operational',
    'Microsoft-Windows-Kernel-ShimEngine/Diagnostic',
  ],
  ldap: ['Microsoft-Windows-LDAP-Client/Debug'],
  ldap_debug: ['Microsoft-Windows-LDAP-Client/Debug'],
  'lsa-server': ['Microsoft-Windows-LSA/Operational'],
  'microsoft-servicebus-client': [
    'Microsoft-ServiceBus-Client',
    'Microsoft-ServiceBus-Client/Operational',
  ],
  'msexchange-management': ['MSExchange Management'],
  ntfs: ['Microsoft-Windows-Ntfs/Operational'],
  ntlm: ['Microsoft-Windows-NTLM/Operational'],
  openssh: ['OpenSSH/Operational'],
  printservice_admin: ['Microsoft-Windows-PrintService/Admin'],
  printservice_operational: ['Microsoft-Windows-PrintService/Operational'],
  'printservice-admin': ['Microsoft-Windows-PrintService/Admin'],
  'printservice-operational': ['Microsoft-Windows-PrintService/Operational'],
  'security-mitigations': [
    'Microsoft-Windows-Security-Mitigations/Kernel Mode',
    'Microsoft-Windows-Security-Mitigations/User Mode',
  ],
  sense: ['Microsoft-Windows-SENSE/Operational'],
  'servicebus-client': ['Microsoft-ServiceBus-Client'],
  'shell-core': ['Microsoft-Windows-Shell-Core/Operational'],
  'smbclient-audit': ['Microsoft-Windows-SmbClient/Audit'],
  'smbclient-connectivity': ['Microsoft-Windows-SmbClient/Connectivity'],
  'smbclient-security': ['Microsoft-Windows-SmbClient/Security'],
  'smbserver-audit': ['Microsoft-Windows-SMBServer/Audit'],
  'smbserver-connectivity': ['Microsoft-Windows-SMBServer/Connectivity'],
  'smbserver-security': ['Microsoft-Windows-SMBServer/Security'],
  taskscheduler: ['Microsoft-Windows-TaskScheduler/Operational'],
  'terminalservices-localsessionmanager': [
    'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  ],
  vhdmp: ['Microsoft-Windows-VHDMP/Operational', 'Microsoft-Windows-VHDMP-Operational'],
  windefend: ['Microsoft-Windows-Windows Defender/Operational'],
  wmi: ['Microsoft-Windows-WMI-Activity/Operational'],
};

/** Categories of single events: channels, numbers, and the service they are of. */
const CATEGORIES: readonly (readonly [service: string, ids: string, categories: string])[] = [
  ['sysmon', '1', 'process_creation'],
  ['sysmon', '2', 'file_change'],
  ['sysmon', '3', 'network_connection'],
  ['sysmon', '4 16', 'sysmon_status'],
  ['sysmon', '5', 'process_termination'],
  ['sysmon', '6', 'driver_load'],
  ['sysmon', '7', 'image_load'],
  ['sysmon', '8', 'create_remote_thread'],
  ['sysmon', '9', 'raw_access_thread'],
  ['sysmon', '10', 'process_access'],
  ['sysmon', '11', 'file_event'],
  ['sysmon', '12', 'registry_event registry_add registry_delete'],
  ['sysmon', '13', 'registry_event registry_set'],
  ['sysmon', '14', 'registry_event registry_rename'],
  ['sysmon', '15', 'create_stream_hash'],
  ['sysmon', '17 18', 'pipe_created'],
  ['sysmon', '19 20 21', 'wmi_event'],
  ['sysmon', '22', 'dns_query'],
  ['sysmon', '23', 'file_delete'],
  ['sysmon', '24', 'clipboard_capture'],
  ['sysmon', '25', 'process_tampering'],
  ['sysmon', '26', 'file_delete file_delete_detected'],
  ['sysmon', '27', 'file_block_executable'],
  ['sysmon', '28', 'file_block_shredding'],
  ['sysmon', '29', 'file_executable_detected'],
  ['sysmon', '255', 'sysmon_error'],
  ['security', '4688', 'process_creation'],
  ['powershell', '4103', 'ps_module'],
  ['powershell', '4104', 'ps_script'],
  ['powershell-classic', '400', 'ps_classic_start'],
  ['powershell-classic', '600', 'ps_classic_provider_start'],
  ['powershell-classic', '800', 'ps_classic_script'],
  ['windefend', '1006 1007 1008 1009 1010 1011 1012 1017 1018 1019 1115 1116 1117', 'antivirus'],
];

/** Sources in the order of asking: single events, then channels, then any. */
export const WINDOWS_SOURCES: readonly LogSource[] = [
  ...CATEGORIES.filter(([service]) => service === 'sysmon').map(([, id, categories]) => ({
    when: { 'winlog.channel': LINUX, 'event.code': id.split(' ') },
    products: ['linux'],
    categories: categories.split(' '),
    services: ['sysmon'],
  })),
  { when: { 'winlog.channel': LINUX }, products: ['linux'], services: ['sysmon'] },
  ...CATEGORIES.map(([service, ids, categories]) => ({
    when: { 'winlog.channel': SERVICES[service] ?? [], 'event.code': ids.split(' ') },
    products: PRODUCTS,
    categories: categories.split(' '),
    services: [service],
  })),
  ...channels().map(([channel, services]) => ({
    when: { 'winlog.channel': [channel] },
    products: PRODUCTS,
    services,
  })),
  { products: PRODUCTS },
];

/** The services of each channel: some have two names. */
function channels(): [channel: string, services: string[]][] {
  const found = new Map<string, string[]>();
  for (const [service, names] of Object.entries(SERVICES)) {
    for (const name of names) found.set(name, [...(found.get(name) ?? []), service]);
  }
  return [...found];
}
