/**
 * The months as `journalctl`, `ls` and `date` write them where the shell speaks another language than English: the
 * abbreviations of glibc's locales. A word that means different months in different languages is left out.
 * @see https://sourceware.org/git/?p=glibc.git;a=tree;f=localedata/locales
 */

// biome-ignore format: a table
const NAMES: readonly string[] = [
  'jan janv ene gen ian led sty oca янв січ ιαν tammi',
  'feb févr fév fev úno lut febr şub фев лют φεβ helmi',
  'mar mars mär märz mrt bře márc març мар бер μαρ maalis',
  'apr avr avril abr kwi dub ápr nis апр кві απρ huhti',
  'may mai mei mag maj máj maig kvě май мая тра μάι μαΐ touko',
  'jun juin giu iun cze čen jún juny haz июн чер ιούν ιουν kesä',
  'jul juil lug iul lip čec júl tem июл лип ιούλ ιουλ heinä',
  'aug août ago sie srp ağu авг сер αύγ αυγ elo',
  'sep sept set wrz zář szept eyl сен вер σεπ syys',
  'oct okt ott out paź říj eki окт жов οκτ loka',
  'nov nóv kas ноя νοέ νοε marras',
  'dec déc dez dic des dis gru ara дек гру δεκ joulu',
];

const MONTHS: ReadonlyMap<string, number> = new Map(
  NAMES.flatMap((names, index) =>
    names.split(' ').flatMap((name) => [
      [name, index + 1] as const,
      // In the encodings of before, which are no UTF-8.
      [name.replace(/[^\0-\x7f]/g, '\ufffd'), index + 1] as const,
    ]),
  ),
);

/** 1 to 12 for a month's name in small letters; undefined for any other word. */
export const monthOfName = (name: string): number | undefined => MONTHS.get(name);
