type Statements = D1PreparedStatement | D1PreparedStatement[];

/**
 * Runs statements in one transaction, in the order in which they are listed, and answers the rows of each by its name. A name
 * may stand for several statements: their rows come as one list. `Rows` lists the names whose rows are wanted.
 */
export async function batchByName<Rows extends object>(
  db: D1Database,
  statements: { [Name in keyof Rows]: Statements } & Record<string, Statements>,
): Promise<{ [Name in keyof Rows]: Rows[Name][] }> {
  const rows: Record<string, unknown[]> = {};
  for (const [name, results] of await run(db, statements))
    rows[name] = results.flatMap((result) => result.results);
  return rows as { [Name in keyof Rows]: Rows[Name][] };
}

/** {@link batchByName} that answers how many rows each name's statements changed. */
export async function changesByName<Name extends string>(
  db: D1Database,
  statements: Record<Name, Statements>,
): Promise<Record<Name, number>> {
  const counts: Record<string, number> = {};
  for (const [name, results] of await run(db, statements))
    counts[name] = results.reduce((sum, { meta }) => sum + meta.changes, 0);
  return counts as Record<Name, number>;
}

/** The results of one batch by name. This is the only place that knows a statement's position. */
async function run(
  db: D1Database,
  statements: Record<string, Statements>,
): Promise<Map<string, D1Result[]>> {
  const named = Object.entries(statements).map(([name, some]) => ({ name, own: [some].flat() }));
  const results = await db.batch(named.flatMap(({ own }) => own));
  let from = 0;
  return new Map(named.map(({ name, own }) => [name, results.slice(from, (from += own.length))]));
}
