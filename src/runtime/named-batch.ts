type Statements = D1PreparedStatement | D1PreparedStatement[];

/**
 * Runs statements in one transaction, in the order in which they are listed, and answers the rows of each by its name. A name
 * may stand for several statements: their rows come as one list. `Rows` lists the names whose rows are wanted.
 */
export async function batchByName<Rows extends object>(
  db: D1Database,
  statements: { [Name in keyof Rows]: Statements } & Record<string, Statements>,
): Promise<{ [Name in keyof Rows]: Rows[Name][] }> {
  const named = Object.entries<Statements>(statements).flatMap(([name, some]) =>
    [some].flat().map((statement) => ({ name, statement })),
  );
  const results = await db.batch(named.map(({ statement }) => statement));
  const rows: Record<string, unknown[]> = {};
  for (const name of Object.keys(statements)) rows[name] = [];
  for (const [index, { name }] of named.entries()) {
    rows[name] = [...(rows[name] ?? []), ...(results[index]?.results ?? [])];
  }
  return rows as { [Name in keyof Rows]: Rows[Name][] };
}
