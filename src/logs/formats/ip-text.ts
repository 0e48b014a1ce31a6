/** Tells IP addresses from host names in log text. */
import { isIPv6 } from 'node:net';

/** True for a dotted IPv4 address (0 to 255 each) or an IPv6 address, without port or brackets. */
export function isIpText(text: string): boolean {
  let dots = 0;
  let octet = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (digits === 0 || ++dots > 3) return false;
      octet = 0;
      digits = 0;
    } else if (code >= 48 && code <= 57) {
      octet = octet * 10 + code - 48;
      if (++digits > 3 || octet > 255) return text.includes(':') && isIPv6(text);
    } else {
      return text.includes(':') && isIPv6(text);
    }
  }
  return dots === 3 && digits > 0;
}
