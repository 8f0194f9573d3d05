import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

type Row = Record<string, unknown>;

/** A statement with the values bound to it. */
export interface Query {
  sql: string;
  values: unknown[];
}

/** Runs queries in one transaction. */
export type Execute = (queries: Query[]) => Promise<D1Result<Row>[]>;

/** An in-memory database with the real migrations and the development workspace, behind D1's interface. */
export async function openDatabase(): Promise<D1Database> {
  return d1Over(await openSqlite());
}

/** The same database without the interface. */
export async function openSqlite(): Promise<Execute> {
  const sqlite = new DatabaseSync(":memory:");
  const migrations = (await readdir(path.join(ROOT, "migrations"))).toSorted();
  for (const file of [...migrations.map((name) => `migrations/${name}`), "local/seed.sql"])
    sqlite.exec(await readFile(path.join(ROOT, file), "utf8"));
  return transactions(sqlite);
}

/** Statements run synchronously, so nothing interrupts a transaction. */
function transactions(sqlite: DatabaseSync): Execute {
  const compiled = new Map<string, StatementSync>();
  const run = ({ sql, values }: Query): D1Result<Row> => {
    const statement = compiled.get(sql) ?? sqlite.prepare(sql);
    compiled.set(sql, statement);
    const bound = values.map(asSqlValue);
    const reads = statement.columns().length > 0;
    const results = reads ? statement.all(...bound).map(asD1Row) : [];
    const changes = reads ? 0 : Number(statement.run(...bound).changes);
    return { success: true, results, meta: { changes } } as unknown as D1Result<Row>;
  };
  return async (queries) => {
    if (queries.length === 1) return queries.map(run);
    sqlite.exec("BEGIN");
    try {
      const results = queries.map(run);
      sqlite.exec("COMMIT");
      return results;
    } catch (error) {
      sqlite.exec("ROLLBACK");
      throw error;
    }
  };
}

/** The part of D1 that the application uses. https://developers.cloudflare.com/d1/worker-api/ */
export function d1Over(execute: Execute): D1Database {
  const queryOf = new WeakMap<object, Query>();
  const prepare = (query: Query): D1PreparedStatement => {
    const one = async (): Promise<D1Result<Row>> => (await execute([query]))[0] as D1Result<Row>;
    const prepared = {
      bind: (...values: unknown[]) => prepare({ ...query, values }),
      all: one,
      run: one,
      first: async (column?: string) => {
        const row = (await one()).results[0];
        return row === undefined ? null : column === undefined ? row : row[column];
      },
      raw: async () => (await one()).results.map((row) => Object.values(row)),
    };
    queryOf.set(prepared, query);
    return prepared as unknown as D1PreparedStatement;
  };
  const batch = (statements: D1PreparedStatement[]): Promise<D1Result<Row>[]> =>
    execute(statements.map((one) => queryOf.get(one) as Query));
  return {
    prepare: (sql: string) => prepare({ sql, values: [] }),
    batch,
  } as unknown as D1Database;
}

function asSqlValue(value: unknown): SQLInputValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return value as SQLInputValue;
}

/** D1 returns a blob as an array of bytes. */
function asD1Row(row: Row): Row {
  const blobs = Object.entries(row).filter(([, value]) => value instanceof Uint8Array);
  if (blobs.length === 0) return row;
  return {
    ...row,
    ...Object.fromEntries(blobs.map(([name, value]) => [name, Array.from(value as Uint8Array)])),
  };
}
