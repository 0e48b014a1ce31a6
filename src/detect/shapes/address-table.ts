/** The addresses of one piece of work by number: what was counted of each, and its number among the row texts. */
import { dottedQuad } from '../../logs/formats/ipv4-number.ts';
import { addEffect, type SourceEffect, type Totals } from '../totals.ts';

export interface AddressTable {
  /** The place of an address; holds until the next `find`. */
  find(address: number): number;
  textAt(place: number): string;
  /** The number of the address's text. @param intern numbers a text; called once per address */
  numberAt(place: number, intern: (text: string) => number): number;
  /** Counts for the address what `effect` says. */
  countAt(place: number, effect: SourceEffect): void;
  /** Adds what was counted to `totals` and forgets everything. */
  flush(totals: Totals): void;
}

const FIRST_CAPACITY = 1 << 12;

/** Per address: requests, bytes, failed logins. */
const COUNTS = 3;

/** Makes an empty table. */
export function createAddressTable(): AddressTable {
  let capacity = FIRST_CAPACITY;
  let used = 0;
  let addresses = new Uint32Array(capacity);
  /** 0: free; 1: no number yet; else the number plus 2. */
  let numbers = new Uint32Array(capacity);
  let counts = new Float64Array(capacity * COUNTS);

  const placeOf = (address: number): number => {
    let place = (Math.imul(address ^ (address >>> 15), 0x9e3779b1) >>> 9) & (capacity - 1);
    while (numbers[place] !== 0 && addresses[place] !== address)
      place = (place + 1) & (capacity - 1);
    return place;
  };
  const clear = (nextCapacity: number): void => {
    capacity = nextCapacity;
    addresses = new Uint32Array(capacity);
    numbers = new Uint32Array(capacity);
    counts = new Float64Array(capacity * COUNTS);
  };
  const grow = (): void => {
    const old = { addresses, numbers, counts };
    clear(capacity * 2);
    for (const [index, number] of old.numbers.entries()) {
      if (number === 0) continue;
      const address = old.addresses[index] as number;
      const place = placeOf(address);
      addresses[place] = address;
      numbers[place] = number;
      counts.set(old.counts.subarray(index * COUNTS, (index + 1) * COUNTS), place * COUNTS);
    }
  };
  const textAt = (place: number): string => dottedQuad(addresses[place] as number);

  return {
    textAt,
    find(address) {
      const place = placeOf(address);
      if (numbers[place] !== 0) return place;
      if (used * 2 >= capacity) {
        grow();
        used += 1;
        const moved = placeOf(address);
        addresses[moved] = address;
        numbers[moved] = 1;
        return moved;
      }
      used += 1;
      addresses[place] = address;
      numbers[place] = 1;
      return place;
    },
    numberAt(place, intern) {
      const known = numbers[place] as number;
      if (known > 1) return known - 2;
      const number = intern(textAt(place));
      numbers[place] = number + 2;
      return number;
    },
    countAt(place, { requests, bytes, failedLogins }) {
      const at = place * COUNTS;
      counts[at] = (counts[at] as number) + requests;
      counts[at + 1] = (counts[at + 1] as number) + bytes;
      counts[at + 2] = (counts[at + 2] as number) + failedLogins;
    },
    flush(totals) {
      if (used === 0) return;
      for (let place = 0; place < capacity; place += 1) {
        const at = place * COUNTS;
        const requests = counts[at] as number;
        const failedLogins = counts[at + 2] as number;
        if (requests === 0 && failedLogins === 0) continue;
        const bytes = counts[at + 1] as number;
        addEffect(totals, {
          source: textAt(place),
          isEchoing: false,
          requests,
          bytes,
          failedLogins,
        });
      }
      used = 0;
      clear(FIRST_CAPACITY);
    },
  };
}
