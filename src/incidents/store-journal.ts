/** The journal of the store itself: what belongs to no incident, such as log files that a retention policy took away. */

/** What stands in place of an incident's id. No incident has it: theirs are random. */
export const STORE_JOURNAL = '0'.repeat(32);
