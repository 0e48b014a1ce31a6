/** Who reads which piece: one flag per piece in memory that all threads share. */
export type Claims = Int32Array;

/** Flags for `count` pieces, none of them claimed. */
export const createClaims = (count: number): Claims =>
  new Int32Array(new SharedArrayBuffer(Math.max(1, count) * Int32Array.BYTES_PER_ELEMENT));

/** Claims a piece. False when another thread did before. */
export const claim = (claims: Claims, index: number): boolean =>
  Atomics.compareExchange(claims, index, 0, 1) === 0;

/** Leaves nothing to be read. */
export function claimAll(claims: Claims): void {
  for (let index = 0; index < claims.length; index += 1) Atomics.store(claims, index, 1);
}
