/** The longest name that is repeated, in characters: the first of these with which the repeated names stay within the limit. */
const LONGEST_REPEATED = [200, 100, 50, 25, 0];
/** Repeated names may add so many characters … */
const FREE_CHARACTERS = 50_000;
/** The same for labels, notes and the text of spans, of which a document may have many tables. */
const FREE_TABLE_CHARACTERS = 5_000;
/** … and so many for each character of the table. */
const MAX_MULTIPLE = 4;

/**
 * Column names to be repeated in front of each value, so that a row can be understood alone. Those that are too long for that are "".
 * @param cells how many values each column has
 * @param length the characters of all values
 */
export function repeatedNames(names: string[], cells: number[], length: number): string[] {
  const upTo = (most: number): string[] => names.map((name) => (name.length > most ? "" : name));
  const added = (some: string[]): number =>
    some.reduce((sum, name, column) => sum + name.length * (cells[column] ?? 0), 0);
  const most =
    LONGEST_REPEATED.find((limit) => mayRepeat(added(upTo(limit)), length, FREE_CHARACTERS)) ?? 0;
  return upTo(most);
}

/** Whether repeated texts may add so many characters to a table. @param length the characters of all its values */
export function mayRepeat(added: number, length: number, free = FREE_TABLE_CHARACTERS): boolean {
  return added <= free + MAX_MULTIPLE * length;
}
