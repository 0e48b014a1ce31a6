/** What makes a record unreadable. */

/** BinXML that breaks its own rules; the message is the reason of the skip, of a fixed set of words. */
export class BrokenBinXml extends Error {}
