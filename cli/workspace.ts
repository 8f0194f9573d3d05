// `npm run workspace`: creates workspaces and keys, and changes settings, directly in the database, because the API needs a key and at first
// there is none.
import { scopes as allScopes, type KeyKind, type Scope } from "../src/auth/access.ts";
import { createHash, randomBytes, randomInt } from "node:crypto";
import path from "node:path";
import { normaliseOrigin } from "../src/auth/origins.ts";
import {
  mergedSettingsSql,
  NEW_WORKSPACE_SETTINGS,
  parseSettings,
  settingsSchema,
  type WorkspaceSettings,
} from "../src/workspaces/settings.ts";
import { CommandError, readArguments, readCount, runCommand, UsageError } from "./command.ts";
import { runSql, sqlText, type Row, type Target } from "./d1.ts";

const HELP = `
Usage: npm run workspace -- <command> [--remote | --local [--state <folder>]]

  create "<name>"             a new workspace
  key create <workspace id> --kind publishable|secret [--scopes a,b] [--origins a,b] [--label "<text>"]
                              a new key, shown once. A publishable key is used in web pages and may only chat. Sites
                              other than the deployment's own have to be listed, for example:
                              --origins https://www.example.com,https://*.example.com
                              A secret key has the scopes chat, documents and insight by default. The scope admin has
                              to be named in --scopes.
  key rotate <key id> [--grace-hours <n>]
                              a new key with the same rights; the old one works for another <n> hours
                              (0 to 720, default 24)
  key revoke <key id>         ends a key at once
  set <workspace id> <setting>=<value> …
                              changes settings, and prints all of them; without a setting it only prints. For example:
                              company_name="Example Ltd" contact_url=https://www.example.com/contact
                              contact_email=help@example.com link_hosts=help.example.com,*.example.org
                              An empty value takes a setting back. /openapi.json describes each (WorkspaceSettings)
  list                        workspaces and their keys, without the keys themselves

An admin key manages keys over HTTP, too: /v1/keys, /v1/identity-secrets, /v1/audit.

  --local                     the database of the local instance (default); it may be running
  --state <folder>            the local instance's folder; default .edgewise/state
  --remote                    the deployed database of wrangler.toml; needs \`npx wrangler login\` or CLOUDFLARE_API_TOKEN

Exit code: 0 done, 1 failed, 2 wrong usage.
`;

const DEFAULT_SCOPES: Record<KeyKind, Scope[]> = {
  publishable: ["chat"],
  secret: ["chat", "documents", "insight"],
};
const PREFIX: Record<KeyKind, string> = { publishable: "pk_", secret: "sk_" };

/** 238 random bits. They hold no underscore, so the key is never one of the published development keys (`…_local_…`). */
const KEY_LENGTH = 40;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    remote: { type: "boolean" },
    local: { type: "boolean" },
    state: { type: "string" },
    kind: { type: "string" },
    scopes: { type: "string" },
    origins: { type: "string" },
    "grace-hours": { type: "string" },
    label: { type: "string" },
  });
  const [first, second, ...rest] = positionals;
  const command = first === "key" ? `key ${second ?? ""}` : first;
  const operands = first === "key" ? rest : positionals.slice(1);
  const isKeyCreate = command === "key create";
  if (values["grace-hours"] !== undefined && command !== "key rotate")
    throw new UsageError('--grace-hours goes with "key rotate".');
  for (const option of ["kind", "scopes", "origins", "label"] as const) {
    if (values[option] !== undefined && !isKeyCreate)
      throw new UsageError(`--${option} goes with "key create".`);
  }
  const target = readTarget(values);
  switch (command) {
    case "create":
      return createWorkspace(target, freeText("The name", only(operands, "a name"), 1));
    case "key create":
      return createKey(target, readId("ws", only(operands, "a workspace id")), readKey(values));
    case "key rotate":
      return rotateKey(
        target,
        readId("key", only(operands, "a key id")),
        readCount(values["grace-hours"], "--grace-hours", 24, 0, 720),
      );
    case "key revoke":
      return revokeKey(target, readId("key", only(operands, "a key id")));
    case "set": {
      const [id = "", ...assignments] = operands;
      return changeSettings(target, readId("ws", id), readSettings(assignments));
    }
    case "list":
      if (operands.length > 0) throw new UsageError("list takes no operand.");
      return listWorkspaces(target);
    default:
      throw new UsageError(
        command ? `There is no command "${command.trim()}".` : "Name a command.",
      );
  }
});

function readTarget(values: { remote?: boolean; local?: boolean; state?: string }): Target {
  if (values.remote && (values.local || values.state))
    throw new UsageError("Use either --remote or --local.");
  if (values.remote) return { kind: "remote" };
  return {
    kind: "local",
    state: path.resolve(values.state ?? process.env["EDGEWISE_STATE"] ?? ".edgewise/state"),
  };
}

function only(operands: string[], what: string): string {
  const [operand, ...more] = operands;
  if (operand === undefined || more.length > 0)
    throw new UsageError(`Pass ${what} as one argument (quote it).`);
  return operand;
}

/** Ids as the application and this command make them, and those of the development workspace. */
function readId(prefix: "ws" | "key", id: string): string {
  if (!new RegExp(`^${prefix}_[A-Za-z0-9_]{1,60}$`).test(id)) {
    throw new UsageError(
      `"${id}" is not an id: ${prefix}_ with letters and digits. "list" shows them.`,
    );
  }
  return id;
}

function freeText(what: string, text: string, least: number): string {
  const trimmed = text.trim();
  if (trimmed.length < least || trimmed.length > 100 || /[\p{C}\p{Zl}\p{Zp}]/u.test(trimmed)) {
    throw new UsageError(`${what} takes ${least} to 100 characters, without control characters.`);
  }
  return trimmed;
}

interface NewKey {
  kind: KeyKind;
  scopes: Scope[];
  origins: string[];
  label: string;
}

function readKey(values: {
  kind?: string;
  scopes?: string;
  origins?: string;
  label?: string;
}): NewKey {
  const { kind } = values;
  if (kind !== "publishable" && kind !== "secret")
    throw new UsageError("--kind is publishable or secret.");
  const label = freeText("--label", values.label ?? "", 0);
  const origins = readOrigins(kind, values.origins);
  if (values.scopes === undefined) return { kind, scopes: DEFAULT_SCOPES[kind], origins, label };
  const wanted = new Set(values.scopes.split(",").map((scope) => scope.trim()));
  const unknown = [...wanted].filter((scope) => !(allScopes as readonly string[]).includes(scope));
  if (unknown.length > 0)
    throw new UsageError(`--scopes are ${allScopes.join(", ")}, not "${unknown.join(", ")}".`);
  const scopes = allScopes.filter((scope) => wanted.has(scope));
  if (kind === "publishable" && scopes.some((scope) => scope !== "chat")) {
    throw new UsageError("A publishable key is readable by everybody: its only scope is chat.");
  }
  return { kind, scopes, origins, label };
}

function readOrigins(kind: KeyKind, text: string | undefined): string[] {
  if (text === undefined) return [];
  if (kind !== "publishable") throw new UsageError("Only a publishable key has --origins.");
  return text.split(",").map((entry) => {
    const origin = normaliseOrigin(entry);
    if (origin === undefined) {
      throw new UsageError(
        `--origins: "${entry}" is not an origin. Write https://www.example.com, https://*.example.com, or http://localhost:* for development.`,
      );
    }
    return origin;
  });
}

/** The audit log entry of the statement before it, in the same transaction. `workspace` is SQL. */
function audit(workspace: string, action: string, objectId: string, detail: object = {}): string {
  return `INSERT INTO audit_log (workspace_id, actor, action, object_id, detail, created_at)
     SELECT ${workspace}, 'cli', '${action}', ${sqlText(objectId)}, ${sqlText(JSON.stringify(detail))}, ${Date.now()}
     WHERE changes() > 0`;
}

function workspaceOf(keyId: string): string {
  return `(SELECT workspace_id FROM api_keys WHERE id = ${sqlText(keyId)})`;
}

function drawKey(kind: KeyKind): { id: string; key: string; hash: string } {
  const letters = Array.from({ length: KEY_LENGTH }, () => BASE62[randomInt(BASE62.length)]);
  const key = PREFIX[kind] + letters.join("");
  const id = `key_${randomBytes(16).toString("hex")}`;
  return { id, key, hash: createHash("sha256").update(key).digest("hex") };
}

async function createWorkspace(target: Target, name: string): Promise<number> {
  const id = `ws_${randomBytes(16).toString("hex")}`;
  // The database generates the cursor secret, because other users of the machine can read command lines.
  await runSql(
    target,
    `INSERT INTO workspaces (id, name, secret, created_at)
     VALUES (${sqlText(id)}, ${sqlText(name)}, lower(hex(randomblob(32))), ${Date.now()});
     ${audit(sqlText(id), "workspace.create", id)};
     INSERT INTO workspace_settings (workspace_id, settings, updated_at)
     VALUES (${sqlText(id)}, ${sqlText(JSON.stringify(NEW_WORKSPACE_SETTINGS))}, ${Date.now()})`,
  );
  console.log(id);
  const where = target.kind === "remote" ? "--remote" : `--state ${target.state}`;
  console.error(
    `Workspace "${name}" created. Next: npm run workspace -- key create ${id} --kind secret ${where}`,
  );
  return 0;
}

async function createKey(
  target: Target,
  workspaceId: string,
  { kind, scopes, origins, label }: NewKey,
): Promise<number> {
  const { id, key, hash } = drawKey(kind);
  const values = [
    sqlText(id),
    "id",
    ...[kind, hash, JSON.stringify(scopes), JSON.stringify(origins), label].map(sqlText),
    Date.now(),
  ];
  const created = await runSql(
    target,
    `INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, origins, label, created_at)
     SELECT ${values.join(", ")} FROM workspaces WHERE id = ${sqlText(workspaceId)} RETURNING id;
     ${audit(sqlText(workspaceId), "key.create", id, { kind, scopes, origins })}`,
  );
  if (created.length === 0)
    throw new CommandError(`There is no workspace ${workspaceId}. "list" shows all workspaces.`);
  console.log(key);
  console.error(
    `Key ${id} (${kind}; ${scopes.join(", ")}) created. The key above is not stored and cannot be shown again.`,
  );
  return 0;
}

async function rotateKey(target: Target, oldId: string, graceHours: number): Promise<number> {
  const [old] = await runSql(target, `SELECT kind FROM api_keys WHERE id = ${sqlText(oldId)}`);
  if (!old) throw new CommandError(`There is no key ${oldId}. "list" shows all keys.`);
  const { id, key, hash } = drawKey(old["kind"] as KeyKind);
  const now = Date.now();
  const expiresAt = now + graceHours * 3_600_000;
  const rotated = await runSql(
    target,
    `UPDATE api_keys SET replaced_by = ${sqlText(id)}, expires_at = ${expiresAt}
     WHERE id = ${sqlText(oldId)} AND replaced_by IS NULL AND revoked_at IS NULL RETURNING id;
     ${audit(workspaceOf(oldId), "key.rotate", oldId, { replaced_by: id, expires_at: new Date(expiresAt).toISOString() })};
     INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, origins, label, created_at)
     SELECT ${sqlText(id)}, workspace_id, kind, ${sqlText(hash)}, scopes, origins, label, ${now} FROM api_keys
     WHERE id = ${sqlText(oldId)} AND replaced_by = ${sqlText(id)}`,
  );
  if (rotated.length === 0)
    throw new CommandError(`Key ${oldId} is revoked, or has been replaced already.`);
  console.log(key);
  console.error(
    `Key ${id} replaces ${oldId}, which works until ${toDate(expiresAt)} UTC. The key above cannot be shown again.`,
  );
  return 0;
}

async function revokeKey(target: Target, id: string): Promise<number> {
  const revoked = await runSql(
    target,
    `UPDATE api_keys SET revoked_at = ${Date.now()} WHERE id = ${sqlText(id)} AND revoked_at IS NULL RETURNING id;
     ${audit(workspaceOf(id), "key.revoke", id)}`,
  );
  if (revoked.length > 0) {
    console.error(`Key ${id} is revoked.`);
    return 0;
  }
  const [known] = await runSql(target, `SELECT revoked_at FROM api_keys WHERE id = ${sqlText(id)}`);
  if (!known) throw new CommandError(`There is no key ${id}. "list" shows all keys.`);
  console.error(`Key ${id} was revoked already, ${toDate(known["revoked_at"])}.`);
  return 0;
}

/** @param assignments such as `contact_email=help@example.com` */
function readSettings(assignments: string[]): Partial<WorkspaceSettings> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [, name = "", text = ""] = /^(\w+)=(.*)$/s.exec(assignment) ?? [];
      const schema = Object.entries(settingsSchema.shape).find(([known]) => known === name)?.[1];
      if (!schema)
        throw new UsageError(
          `"${assignment}" sets nothing. Settings are ${Object.keys(settingsSchema.shape).join(", ")}.`,
        );
      const readings = text === "" ? [null, []] : [text, asJson(text), text.split(",")];
      const valid = readings.map((reading) => schema.safeParse(reading)).find((one) => one.success);
      if (valid) return [name, valid.data];
      const reason = schema.safeParse(text).error?.issues[0]?.message ?? "is not valid";
      throw new UsageError(`${name}: "${text}" is refused: ${reason}.`);
    }),
  );
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function changeSettings(
  target: Target,
  workspaceId: string,
  changes: Partial<WorkspaceSettings>,
): Promise<number> {
  const id = sqlText(workspaceId);
  const json = sqlText(JSON.stringify(changes));
  const isChange = Object.keys(changes).length > 0;
  const [row] = await runSql(
    target,
    isChange
      ? `INSERT INTO workspace_settings (workspace_id, settings, updated_at)
         SELECT id, ${json}, ${Date.now()} FROM workspaces WHERE id = ${id}
         ${mergedSettingsSql(json)} RETURNING settings;
         ${audit(id, "settings.change", workspaceId, changes)}`
      : `SELECT settings FROM workspaces LEFT JOIN workspace_settings ON workspace_id = id WHERE id = ${id}`,
  );
  if (!row)
    throw new CommandError(`There is no workspace ${workspaceId}. "list" shows all workspaces.`);
  const settings = parseSettings(row["settings"] === null ? null : String(row["settings"]));
  for (const [name, value] of Object.entries(settings)) console.log(`${name}=${shown(value)}`);
  return 0;
}

/** A setting as `set` reads it. */
function shown(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function listWorkspaces(target: Target): Promise<number> {
  const rows = await runSql(
    target,
    `SELECT w.id AS workspace, w.name, k.id AS key_id, k.kind, k.scopes, k.origins, k.label, k.created_at, k.expires_at,
       k.last_used_day, k.revoked_at
     FROM workspaces w LEFT JOIN api_keys k ON k.workspace_id = w.id ORDER BY w.created_at, w.id, k.created_at, k.id`,
  );
  for (const [workspace, keys] of Map.groupBy(rows, (row) => row["workspace"])) {
    console.log(`${workspace}  ${keys[0]?.["name"]}`);
    for (const key of keys) if (key["key_id"]) console.log(`  ${describeKey(key)}`);
  }
  if (rows.length === 0) console.error("There is no workspace yet.");
  return 0;
}

function describeKey(row: Row): string {
  const scopes = (JSON.parse(String(row["scopes"])) as string[]).join(",");
  const origins = (JSON.parse(String(row["origins"])) as string[]).join(",");
  const ends = row["expires_at"] === null ? "" : `  ends ${toDate(row["expires_at"])}`;
  const state = row["revoked_at"] === null ? ends : `  revoked ${toDate(row["revoked_at"])}`;
  const used = row["last_used_day"] === null ? "  never used" : `  used ${row["last_used_day"]}`;
  const label = row["label"] ? `  "${row["label"]}"` : "";
  return `${row["key_id"]}  ${row["kind"]}  ${scopes}${origins && `  ${origins}`}${label}  created ${toDate(row["created_at"])}${used}${state}`;
}

function toDate(ms: unknown): string {
  return new Date(Number(ms)).toISOString().slice(0, 16).replace("T", " ");
}
