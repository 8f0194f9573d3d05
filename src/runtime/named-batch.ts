/**
 * Runs statements as one batch, which D1 makes one transaction and one round trip, in the order of the object's fields. The rows of each come
 * back by its name, so that what reads a result does not depend on where its statement stands. A field without a statement has no rows.
 */
export async function namedBatch<
  Statements extends Record<string, D1PreparedStatement | undefined>,
>(db: D1Database, statements: Statements): Promise<Record<keyof Statements, unknown[]>> {
  const present = Object.entries(statements).flatMap(([name, statement]) =>
    statement ? [{ name, statement }] : [],
  );
  const results = await db.batch(present.map(({ statement }) => statement));
  const rows = new Map(present.map(({ name }, index) => [name, results[index]?.results ?? []]));
  return Object.fromEntries(
    Object.keys(statements).map((name) => [name, rows.get(name) ?? []]),
  ) as Record<keyof Statements, unknown[]>;
}
