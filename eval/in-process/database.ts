import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

type Row = Record<string, unknown>;
interface Statement {
  sql: string;
  values: SQLInputValue[];
}

/** An in-memory database with the real migrations and the development workspace, behind D1's interface. */
export async function openDatabase(): Promise<D1Database> {
  const sqlite = new DatabaseSync(":memory:");
  const migrations = (await readdir(path.join(ROOT, "migrations"))).toSorted();
  for (const file of [...migrations.map((name) => `migrations/${name}`), "local/seed.sql"])
    sqlite.exec(await readFile(path.join(ROOT, file), "utf8"));
  return d1Of(sqlite);
}

/**
 * The part of D1 that the application uses. Statements run synchronously, so a batch is a transaction that nothing
 * interrupts. https://developers.cloudflare.com/d1/worker-api/
 */
function d1Of(sqlite: DatabaseSync): D1Database {
  const compiled = new Map<string, StatementSync>();
  const run = ({ sql, values }: Statement): D1Result<Row> => {
    const statement = compiled.get(sql) ?? sqlite.prepare(sql);
    compiled.set(sql, statement);
    const reads = statement.columns().length > 0;
    const results = reads ? statement.all(...values).map(asD1Row) : [];
    const changes = reads ? 0 : Number(statement.run(...values).changes);
    return { success: true, results, meta: { changes } } as unknown as D1Result<Row>;
  };
  const statementOf = new WeakMap<object, Statement>();
  const prepare = (sql: string, values: SQLInputValue[] = []): D1PreparedStatement => {
    const prepared = {
      bind: (...more: unknown[]) => prepare(sql, more.map(asSqlValue)),
      all: async () => run({ sql, values }),
      run: async () => run({ sql, values }),
      first: async (column?: string) => {
        const row = run({ sql, values }).results[0];
        return row === undefined ? null : column === undefined ? row : row[column];
      },
      raw: async () => run({ sql, values }).results.map((row) => Object.values(row)),
    };
    statementOf.set(prepared, { sql, values });
    return prepared as unknown as D1PreparedStatement;
  };
  const batch = async (statements: D1PreparedStatement[]): Promise<D1Result<Row>[]> => {
    sqlite.exec("BEGIN");
    try {
      const results = statements.map((one) => run(statementOf.get(one) as Statement));
      sqlite.exec("COMMIT");
      return results;
    } catch (error) {
      sqlite.exec("ROLLBACK");
      throw error;
    }
  };
  return { prepare: (sql: string) => prepare(sql), batch } as unknown as D1Database;
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
