/** Files of places: what they say of addresses, and what becomes of those that are none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { travelWindow } from '../../src/detect/correlate/travel.ts';
import { kilometresBetween, openGeo, putPlaces } from '../../src/detect/geo/geo.ts';
import { mmdbOf } from './mmdb.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-geo-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (bytes: Buffer, name = 'places.mmdb'): string => {
  writeFileSync(join(folder, name), bytes);
  return name;
};

const PLACES = {
  '192.0.2.10': {
    country: { iso_code: 'DE' },
    city: { names: { en: 'Berlin' } },
    location: { latitude: { double: 52.5 }, longitude: { double: 13.4 } },
  },
  '198.51.100.7': { country_code: 'fr' },
  '203.0.113.7': { country: { iso_code: '\u001b[31m' } },
};

describe('a file of places', () => {
  it('says where addresses are, nested or flat', async () => {
    const geo = await openGeo(put(mmdbOf(PLACES)), folder);
    expect(geo('192.0.2.10')).toEqual({
      ...{ country: 'DE', city: 'Berlin', latitude: 52.5, longitude: 13.4 },
    });
    expect(geo('198.51.100.7')?.country).toBe('FR');
    const none = ['203.0.113.7', '192.0.2.11', 'web01', '', '::1', '2001:db8::1', '999.1.1.1'];
    for (const address of none) expect(geo(address), address).toBeUndefined();
  });

  it('is written into documents', async () => {
    const geo = await openGeo(put(mmdbOf(PLACES)), folder);
    const document: Record<string, unknown> = { source: { ip: '192.0.2.10' } };
    putPlaces(document, geo);
    expect(document).toEqual({
      source: {
        ip: '192.0.2.10',
        geo: { country_iso_code: 'DE', city_name: 'Berlin', location: { lat: 52.5, lon: 13.4 } },
      },
    });
  });

  it.each([
    ['absent', undefined],
    ['empty', Buffer.alloc(0)],
    ['no database', Buffer.from('192.0.2.10,DE\n'.repeat(50))],
    ['cut', mmdbOf(PLACES).subarray(60)],
  ])('that is %s is refused, or says nothing', async (name, bytes) => {
    const path = bytes === undefined ? 'nowhere.mmdb' : put(bytes, `${name}.mmdb`);
    const opened = await openGeo(path, folder).catch((error: Error) => error);
    if (opened instanceof Error)
      expect(opened.message).toContain(`--geoip: ${path} cannot be read as a file of places`);
    else expect(() => opened('192.0.2.10')).not.toThrow();
    if (name !== 'cut') expect(opened).toBeInstanceOf(Error);
  });
});

describe('travel', () => {
  const at = (latitude: number, longitude: number) => ({
    ...{ country: undefined, city: undefined, latitude, longitude },
  });
  it('measures the way along the ground', () => {
    expect(kilometresBetween(at(52.5, 13.4), at(48.1, 11.6))).toBeCloseTo(506, -1);
    expect(kilometresBetween(at(0, 179), at(0, -179))).toBeCloseTo(222, 0);
    expect(kilometresBetween(at(90, 0), at(-90, 77))).toBeCloseTo(20_015, 0);
  });

  it('goes on where it was saved', () => {
    const places = [at(52.5, 13.4), at(-23.5, -46.6)];
    const kind = travelWindow(1000, (text) => places[Number(text)], String);
    const hit = (value: number, hours: number) => ({
      ...{ rule: 0, group: 1, ref: value, value, timeUs: hours * 3_600_000_000 },
    });
    const first = kind.create();
    expect(kind.add(first, hit(0, 1))).toBeNaN();
    const names = { textOf: String, numberOf: Number };
    const again = kind.load(JSON.parse(JSON.stringify(kind.save(first, names))), names);
    expect(kind.add(again, hit(1, 3))).toBe(2);
    expect(kind.opening(again, hit(1, 3))).toEqual({
      ...{ firstUs: 3_600_000_000, count: 2, refs: [0, 1] },
    });
    expect(kind.add(again, hit(0, 20))).toBeNaN();
  });
});
