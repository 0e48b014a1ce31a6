/** The URLs on which a watch listens. */
import { usageError } from '../../errors.ts';

/** How senders speak. */
export type Speech = 'syslog' | 'gelf' | 'forward' | 'http';

/** Where a watch listens. */
export interface ListenAddress {
  /** As it was given. */
  url: string;
  speech: Speech;
  transport: 'udp' | 'tcp' | 'tls';
  host: string;
  port: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'syslog+udp': 514,
  'syslog+tcp': 514,
  'syslog+tls': 6514,
  'gelf+udp': 12201,
  'gelf+tcp': 12201,
  forward: 24224,
  http: 8088,
  https: 8088,
  'hec+http': 8088,
  'hec+https': 8088,
  'bulk+http': 9200,
  'bulk+https': 9200,
  'gelf+http': 12201,
  'gelf+https': 12201,
};

/** Is it something to listen on, and no path? */
export const isListenUrl = (text: string): boolean => /^[a-z][a-z+]*:\/\//.test(text);

/** Reads a URL. @throws IrError (exit 2) for one that nothing can listen on */
export function readAddress(url: string): ListenAddress {
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/.exec(url) ?? [];
  const usual = DEFAULT_PORTS[scheme];
  if (usual === undefined) {
    throw usageError(
      `"${url}" is nothing to listen on`,
      `Write one of ${Object.keys(DEFAULT_PORTS).join(', ')}, such as syslog+tcp://127.0.0.1:5514.`,
    );
  }
  const found = /^(\[[0-9a-f:]+\]|[\w.-]+)?(?::(\d{1,5}))?\/?$/i.exec(rest);
  const port = Number(found?.[2] ?? usual);
  if (found === null || port > 65_535)
    throw usageError(`"${url}" has no address to listen on`, 'Write HOST:PORT behind the //.');
  const host = (found[1] ?? '127.0.0.1').replace(/^\[|\]$/g, '');
  const [first = '', second = ''] = scheme.split('+');
  const isHttp = /^https?$/.test(first) || /^https?$/.test(second);
  const isTls = scheme.endsWith('https') || second === 'tls';
  return {
    ...{ url, host, port },
    speech: isHttp ? 'http' : (first as Speech),
    transport: isTls ? 'tls' : second === 'udp' ? 'udp' : 'tcp',
  };
}

/** Can only programs of this machine reach it? */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
