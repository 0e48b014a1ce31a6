/** Numbers with what they count, for people. */
import { grouped } from '../events/words.ts';
import type { Unit } from './live-model.ts';

const BYTES = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1,204`, `3.4 MiB`, `12 ms`, `2.5 s`, `41 %`. */
export function unitText(value: number, unit: Unit): string {
  switch (unit) {
    case 'count':
      return grouped(Math.round(value));
    case 'bytes': {
      const power =
        value < 1024 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log2(value) / 10));
      return `${short(value / 1024 ** power)} ${BYTES[power]}`;
    }
    case 'ms':
      return value < 1000 ? `${short(value)} ms` : `${short(value / 1000)} s`;
    case 'part':
      return `${short(value * 100)} %`;
  }
}

const short = (value: number): string =>
  value >= 10 || Number.isInteger(value) ? grouped(Math.round(value)) : value.toFixed(1);
