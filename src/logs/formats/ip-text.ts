/** Tells IP addresses from host names in log text. */
import { readIp } from '../../events/address.ts';

/** True for a dotted IPv4 address (0 to 255 each) or an IPv6 address, without port or brackets. */
export const isIpText = (text: string): boolean => readIp(text) !== undefined;
