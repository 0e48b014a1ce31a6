/** BinXML taken apart: what a template or a fragment holds, before values are put in. */

/** A place for a value. */
export interface Substitution {
  kind: 'value';
  index: number;
  /** Without a value, what it stands in is left out. */
  isOptional: boolean;
}

/** An attribute whose value depends on values of the record. */
export interface Attribute {
  /** ` Name="`, ready to be written. */
  open: string;
  parts: readonly (string | Substitution)[];
}

/** An element as it will be written. */
export interface Element {
  kind: 'element';
  /** `<Name` with the attributes that need no values. */
  open: string;
  attributes: Attribute[];
  children: Node[];
  /** `</Name>` */
  close: string;
}

/** A template with the values for it: type, place and size of each. */
export interface Instance {
  kind: 'instance';
  template: readonly Node[];
  values: readonly Value[];
}

/** Where a value of a record lies in its chunk: offset and size in bytes. */
export interface Value {
  type: number;
  start: number;
  size: number;
}

/** Texts are XML already. */
export type Node = string | Substitution | Element | Instance;
