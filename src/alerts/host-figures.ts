/** Figures of this machine: processors, memory, file systems, certificates. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import type { Samples } from './figures.ts';

/** Asks the machine; what cannot be read is absent. */
export interface HostFigures {
  samples(nowMs: number): Samples;
}

/** @param disks folders whose file systems count @param certificates PEM files */
export function createHostFigures(
  disks: readonly string[],
  certificates: readonly string[],
): HostFigures {
  let before = cpuTimes();
  return {
    samples(nowMs) {
      const now = cpuTimes();
      const total = now.total - before.total;
      const busy = total <= 0 ? undefined : 1 - (now.idle - before.idle) / total;
      before = now;
      const disk = fullest(disks);
      const certificate = firstToEnd(certificates, nowMs);
      return {
        ...(busy !== undefined && { 'cpu.busy': { value: busy, of: 1, about: '' } }),
        'memory.used': { value: 1 - memoryFree() / totalmem(), of: 1, about: '' },
        ...(disk && { 'disk.used': { value: disk.used, of: 1, about: `of ${disk.path}` } }),
        ...(certificate && {
          'certificate.days': { value: certificate.days, of: 1, about: `for ${certificate.path}` },
        }),
      };
    },
  };
}

function cpuTimes(): { total: number; idle: number } {
  let [total, idle] = [0, 0];
  for (const { times } of cpus()) {
    total += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { total, idle };
}

/** What is free, caches that can be given back included. @see https://docs.kernel.org/filesystems/proc.html */
function memoryFree(): number {
  try {
    const [, kib] = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    return kib === undefined ? freemem() : Number(kib) * 1024;
  } catch {
    return freemem();
  }
}

function fullest(paths: readonly string[]): { path: string; used: number } | undefined {
  const all = paths.flatMap((path) => {
    try {
      const { blocks, bfree, bavail } = statfsSync(path);
      const [taken, usable] = [blocks - bfree, blocks - bfree + bavail];
      return usable === 0 ? [] : [{ path, used: taken / usable }];
    } catch {
      return [];
    }
  });
  return all.sort((a, b) => b.used - a.used)[0];
}

const DAY_MS = 86_400_000;

function firstToEnd(
  paths: readonly string[],
  nowMs: number,
): { path: string; days: number } | undefined {
  const all = paths.flatMap((path) => {
    try {
      const { validTo } = new X509Certificate(readFileSync(path));
      return [{ path, days: (Date.parse(validTo) - nowMs) / DAY_MS }];
    } catch {
      return [];
    }
  });
  return all.sort((a, b) => a.days - b.days)[0];
}
