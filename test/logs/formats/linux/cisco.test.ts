import { describe, expect, test } from 'vitest';
import { check, known, type Row, read } from '../syslog-read.ts';

const A = '203.0.113.9';
const B = '198.51.100.7';
const DENIED = { action: 'packet_denied', outcome: 'success', 'event.category': ['network'] };
const ENDS = { 'source.ip': A, 'destination.ip': B };
const PORTS = { ...ENDS, 'source.port': 4433, 'destination.port': 22 };
const V6 = { 'source.ip': '2001:db8::9', 'destination.ip': '2001:db8::7' };
const NOBODY = { 'source.ip': undefined, 'source.address': undefined, 'destination.ip': undefined };
const ENDED = { action: 'connection_ended', 'event.type': ['connection', 'end'], ...NOBODY };
const CHANGED = { action: 'configuration_changed', outcome: 'success' };

// biome-ignore format: a table
const ROWS: readonly Row[] = [
  ['%ASA-4-106023', `Deny tcp src outside:${A}/4433 dst inside:${B}/22 by access-group "x" [0x0, 0x0]`, { ...DENIED, ...PORTS, 'network.transport': 'tcp' }],
  ['%ASA-4-106023', `Deny udp src dc:${A}/4433(LAB\\bob) dst inside:${B}/22 by access-group "x" [0x0, 0x0]`, { ...DENIED, ...PORTS }],
  ['%ASA-4-106023', `Deny icmp src outside:${A} dst inside:${B} (type 8, code 0) by access-group "x" [0x0, 0x0]`, { ...DENIED, ...ENDS, 'source.port': undefined }],
  ['%FTD-4-106023', 'Deny tcp src outside:2001:db8::9/4433 dst inside:2001:db8::7/22 by access-group "x" [0x0, 0x0]', { ...DENIED, ...V6, 'source.port': 4433, 'destination.port': 22 }],
  ['%ASA-2-106001', `Inbound TCP connection denied from ${A}/4433 to ${B}/22 flags SYN on interface outside`, { ...DENIED, ...PORTS }],
  ['%ASA-2-106001', 'Inbound TCP connection denied from 2001:db8::9/4433 to 2001:db8::7/22 flags SYN on interface outside', { ...DENIED, ...V6 }],
  ['%ASA-2-106006', `Deny inbound UDP from ${A}/4433 to ${B}/22 on interface outside`, { ...DENIED, ...PORTS }],
  ['%ASA-6-106015', `Deny TCP (no connection) from ${A}/4433 to ${B}/22 flags RST on interface outside`, { ...DENIED, ...PORTS }],
  ['%ASA-2-106016', `Deny IP spoof from (${A}) to ${B} on interface outside`, { ...DENIED, ...ENDS }],
  ['%ASA-1-106021', `Deny UDP reverse path check from ${A} to ${B} on interface outside`, { ...DENIED, ...ENDS }],
  ['%ASA-3-106014', `Deny inbound icmp src outside:${A} dst inside:${B} (type 8, code 0)`, { ...DENIED, ...ENDS }],
  ['%ASA-3-710003', `TCP access denied by ACL from ${A}/4433 to outside:${B}/22`, { ...DENIED, ...PORTS }],
  ['%ASA-6-106100', `access-list x denied tcp outside/${A}(4433) -> inside/${B}(22) hit-cnt 1 first hit [0x0, 0x0]`, { ...DENIED, ...PORTS }],
  ['%ASA-6-106100', `access-list x permitted tcp outside/${A}(4433) -> inside/${B}(22) hit-cnt 1 first hit [0x0, 0x0]`, { action: 'packet_allowed', outcome: 'success', ...PORTS }],
  ['%SEC-6-IPACCESSLOGP', `list 101 denied tcp ${A}(4433) -> ${B}(22), 1 packet`, { ...DENIED, ...PORTS }],
  ['%SEC-6-IPACCESSLOGDP', `list 101 denied icmp ${A} -> ${B} (8/0), 1 packet`, { ...DENIED, ...ENDS }],
  ['%ASA-6-302014', `Teardown TCP connection 7 for outside:${A}/4433 to inside:${B}/22 duration 0:00:01 bytes 90 TCP FINs`, { ...ENDED, 'source.ip': A, 'source.address': A, 'destination.ip': B }],
  ['%ASA-6-302016', `Teardown UDP connection 7 for outside:${A}/53 to inside:${B}/4433 duration 0:00:01 bytes 90`, { ...ENDED, 'source.ip': A, 'source.address': A, 'destination.ip': B }],
  ['%ASA-6-302014', `Teardown TCP connection 7 for outside:${A}/4433(LOCAL\\bob) to inside:${B}/22 duration 0:00:01 bytes 0 SYN Timeout`, { ...ENDED, 'source.ip': A, 'source.address': A, 'destination.ip': B }],
  ['%SYS-5-CONFIG_I', `Configured from console by bob on vty0 (${A})`, { ...CHANGED, 'user.name': 'bob', 'source.ip': A, 'event.category': ['configuration'] }],
  ['%SYS-5-CONFIG_I', 'Configured from console by bob on console', { ...CHANGED, 'user.name': 'bob', 'source.ip': undefined }],
  ['%SYS-5-CONFIG_I', 'Configured from console by console', { ...CHANGED, 'user.name': undefined }],
];

describe('Cisco', () => {
  test.each(ROWS)('%s: %s', check);

  test.each([
    'Nov 24 10:00:01 fw01 : ',
    'Nov 24 2026 10:00:01 fw01 : ',
    '<166>Nov 24 2026 10:00:01: ',
    '<166>',
  ])('has the tag after %s', (head) => {
    const event = read(
      `${head}%ASA-2-106006: Deny inbound UDP from ${A}/4433 to ${B}/22 on interface x`,
    );
    expect(known(event, ['process.name', 'host.hostname', 'source.ip'])).toEqual({
      'process.name': '%ASA-2-106006',
      'host.hostname': head.includes('fw01') ? 'fw01' : undefined,
      'source.ip': A,
    });
  });
});
