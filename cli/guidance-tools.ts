import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CommandError, UsageError } from "./command.ts";
import {
  importCurl,
  importOperation,
  listOperations,
  readOpenApi,
  toolFile,
  type ImportedTool,
} from "./import-tool.ts";

/** What an item is called in a folder: `answers/price-match`. */
export type Name = string;

/** The secrets of a tool that the environment holds. */
export function secretsOf(
  name: Name,
  { secret_headers = [] }: { secret_headers?: string[] },
): { secrets?: { headers: Record<string, string> } } {
  const given = secret_headers.flatMap((header) => {
    const value = process.env[variableOf(name, header)];
    return value ? [[header, value]] : [];
  });
  return given.length > 0 ? { secrets: { headers: Object.fromEntries(given) } } : {};
}

/** `EDGEWISE_TOOL_ORDER_STATUS_X_API_KEY` */
export function variableOf(name: Name, header: string): string {
  const [, tool = ""] = name.split("/");
  return `EDGEWISE_TOOL_${tool}_${header}`.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

interface ImportOptions {
  curl?: string | undefined;
  /** A file with JSON that the call has returned. */
  response?: string | undefined;
  openapi?: string | undefined;
  operation?: string[] | undefined;
  name?: string | undefined;
}

/**
 * Writes the files of tools, and says what is left to do. A file that exists stays.
 * @param files those of the folder, by the name of their item
 */
export function importTools(
  folder: string,
  { curl, response, openapi, operation = [], name }: ImportOptions,
  files: ReadonlyMap<Name, string>,
): number {
  if ((curl === undefined) === (openapi === undefined))
    throw new UsageError("import needs either --curl or --openapi.");
  if (curl !== undefined) {
    if (operation.length > 0) throw new UsageError("--operation goes with --openapi.");
    if (response !== undefined && !existsSync(response))
      throw new CommandError(`There is no file ${response}.`);
    const example = response === undefined ? undefined : readFileSync(response, "utf8");
    return writeTool(
      folder,
      importCurl(curl === "-" ? readFileSync(0, "utf8") : curl, name, example),
      files,
    );
  }
  if (openapi === undefined || !existsSync(openapi))
    throw new CommandError(`There is no file ${openapi}.`);
  const document = readOpenApi(readFileSync(openapi, "utf8"));
  if (operation.length === 0) {
    for (const { id, method, path: at, summary } of listOperations(document))
      console.log(`${id}  ${method} ${at}${summary ? `  ${summary}` : ""}`);
    console.error("Choose with --operation; nothing was written.");
    return 0;
  }
  if (name !== undefined && operation.length > 1)
    throw new UsageError("--name goes with one operation.");
  const tools = operation.map((one) => importOperation(document, one, name));
  return Math.max(...tools.map((tool) => writeTool(folder, tool, files)));
}

function writeTool(folder: string, tool: ImportedTool, files: ReadonlyMap<Name, string>): number {
  const name = `tools/${tool.name}`;
  const existing = files.get(name);
  if (existing !== undefined)
    throw new CommandError(`${existing} exists. Choose another name with --name, or remove it.`);
  const file = path.join(folder, `${name}.yaml`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, toolFile(tool));
  console.log(`written  ${file}`);
  for (const { header } of tool.secrets)
    console.log(`         ${header} is a secret: set ${variableOf(name, header)} before push`);
  for (const note of tool.notes) console.log(`         ${note}`);
  return 0;
}
