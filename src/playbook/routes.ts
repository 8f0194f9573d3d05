import { createRoute, z, type RouteConfig } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest, problems } from "../http/openapi.ts";
import { pageOf, pageQuery, readPage } from "../http/paging.ts";
import { Problem } from "../http/problem.ts";
import { readablePath } from "../http/readable-path.ts";
import { toInterval } from "../knowledge/accept/validity.ts";
import { changePlaybook } from "./change-playbook.ts";
import { requireUnused } from "./check-dependents.ts";
import {
  answerSchema,
  guidanceSchema,
  KINDS,
  type Contents,
  type Kind,
  type OwnerAnswer,
} from "./items.ts";
import { readItems, toItem, type ItemRow } from "./playbook.ts";
import { procedureSchema } from "./procedure.ts";
import { putItem, type Checked } from "./put-item.ts";
import { deleteToolSecrets, storeToolSecrets } from "./tool-secrets.ts";
import { toolSchema, toolSecretsSchema } from "./tool.ts";

const itemFields = {
  id: z.string(),
  status: z.enum(["live", "scheduled", "expired"]).meta({
    description: "By `valid_from` and `valid_until`. Only a live one applies.",
  }),
  version: z.string().meta({ description: "The hash of the content. A turn's record names it." }),
  updated_at: z.string(),
};

const checkFields = {
  checked: z.boolean().meta({
    description:
      "False where the embedding model could not be reached: the lists below may lack something, and the item is compared by its very words until a cron tick has embedded it.",
  }),
  overlaps: z.array(z.object({ id: z.string(), wording: z.string() })).meta({
    description: "Other items that would apply to the same message, with that message",
  }),
  also_matches: z
    .array(z.object({ text: z.string(), from: z.enum(["visitor", "document"]) }))
    .meta({
      description:
        "Recent messages of visitors and titles of documents that it would apply to as well. Those that ask something else belong in `unlike`.",
    }),
};

const secretFields = {
  signing_secret: z.string().optional().meta({
    description: "A new secret that signs the calls. It is shown this once.",
  }),
  missing_secrets: z.array(z.string()).meta({
    description:
      "`secret_headers` without a value: the tool is not called until `secrets` gives them.",
  }),
};

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const IDS = {
  id: {
    expression: ID,
    message:
      "takes 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit.",
  },
  // A language model calls a function by it.
  name: {
    expression: NAME,
    message: "takes 1 to 40 lower-case letters, digits and underscores, and begins with a letter.",
  },
};

const idParameter = z.object({ id: z.string() });
const readableId = readablePath("invalid_external_id");

/** What the routes of a kind are called, and what they take. */
const ROUTES = {
  answer: {
    path: "/v1/answers",
    list: "answers",
    one: "an owner's answer",
    ids: IDS.id,
    put: "Store what is said, word for word, to a question; it overrides documents and is live with the next question",
    schema: answerSchema,
    named: "OwnerAnswer",
  },
  guidance: {
    path: "/v1/guidance",
    list: "guidance",
    one: "guidance",
    ids: IDS.id,
    put: "Store what the language model is told, or what is done, where a condition holds; live with the next question",
    schema: guidanceSchema,
    named: "Guidance",
  },
  tool: {
    path: "/v1/tools",
    list: "tools",
    one: "a tool",
    ids: IDS.name,
    put: "Store an HTTPS endpoint that may be called for a visitor; live with the next question",
    schema: toolSchema,
    named: "Tool",
  },
  procedure: {
    path: "/v1/procedures",
    list: "procedures",
    one: "a procedure",
    ids: IDS.name,
    put: "Store the steps by which something is done with a visitor; live with the next question",
    schema: procedureSchema,
    named: "Procedure",
  },
} as const satisfies Record<Kind, object>;

export function playbookRoutes(app: App): void {
  for (const kind of KINDS) {
    app.use(`${ROUTES[kind].path}/:id`, readableId);
    putRoute(app, kind);
    readRoutes(app, kind);
  }
}

const define = <const R extends RouteConfig>(route: R) => createRoute(route);

/** The content as it is stored, with what is told of it. */
function viewOf(kind: Kind) {
  const { schema, named } = ROUTES[kind];
  return z.object({ ...schema.shape, ...itemFields }).meta({ id: named });
}

function putRoute(app: App, kind: Kind): void {
  const { path, put, one, named } = ROUTES[kind];
  const isTool = kind === "tool";
  const body = isTool
    ? toolSchema
        .safeExtend({ secrets: toolSecretsSchema.optional() })
        .meta({ id: "ToolWithSecrets" })
    : ROUTES[kind].schema;
  const told = { ...checkFields, ...(isTool && secretFields) };
  const view = z.object({ ...viewOf(kind).shape, ...told }).meta({ id: `Checked${named}` });
  const route = define({
    method: "put",
    path: `${path}/{id}`,
    summary: put,
    ...jsonRequest(body as z.ZodType, `The content of ${one}`, { params: idParameter }),
    responses: { 200: jsonContent(view as z.ZodType, "As stored"), ...problems(409) },
  });
  app.openapi(route, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const id = requireId(kind, c.req.valid("param").id);
    const { secrets, ...content } = c.req.valid("json") as Contents[Kind] & {
      secrets?: z.infer<typeof toolSecretsSchema>;
    };
    if (kind === "answer") requireOtherLanguages(content as OwnerAnswer);
    const checked = await putItem(services, workspaceId, { kind, id, content }, by);
    const kept =
      kind === "tool"
        ? await storeToolSecrets(services, workspaceId, id, content as Contents["tool"], secrets)
        : undefined;
    const shown = {
      ...content,
      ...toView({ id, content, checked }, services.now()),
      ...(kept?.made !== undefined && { signing_secret: kept.made }),
      ...(kept && { missing_secrets: kept.missing }),
    };
    return c.json(shown, 200);
  });
}

/** List, get and delete, which are alike for all kinds. */
function readRoutes(app: App, kind: Kind): void {
  const { path, list, one } = ROUTES[kind];
  const view: z.ZodType = viewOf(kind);
  const params = { request: { params: idParameter } };

  const listRoute = define({
    method: "get",
    path,
    summary: `List ${list}, expired ones included`,
    request: { query: pageQuery },
    responses: {
      200: jsonContent(pageOf({ [list]: z.array(view) }) as z.ZodType, "A page, by id"),
    },
  });
  app.openapi(listRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { db, config, now } = services;
    const { rows, next_cursor } = await readPage(
      caller,
      list,
      c.req.valid("query"),
      async (after, limit) => {
        const items = await readItems(db, workspaceId, config.embeddingModel);
        const own = items.filter((row) => row.kind === kind && row.id > (after?.id ?? ""));
        return own.slice(0, limit);
      },
      ({ id }) => ({ at: 0, id }),
    );
    return c.json({ [list]: rows.map((row) => toRowView(row, now())), next_cursor }, 200);
  });

  const getRoute = define({
    method: "get",
    path: `${path}/{id}`,
    summary: `Read ${one}`,
    ...params,
    responses: { 200: jsonContent(view, "As stored"), ...problems(404) },
  });
  app.openapi(getRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    const { db, config, now } = services;
    const { id } = c.req.valid("param");
    const items = await readItems(db, workspaceId, config.embeddingModel);
    const row = items.find((item) => item.kind === kind && item.id === id);
    if (!row) throw new Problem("not_found");
    return c.json(toRowView(row, now()), 200);
  });

  const deleteRoute = define({
    method: "delete",
    path: `${path}/{id}`,
    summary: `Remove ${one}; the next question is answered without`,
    ...params,
    responses: { 204: { description: "Removed" }, ...problems(404, 409) },
  });
  app.openapi(deleteRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { db, config } = services;
    const { id } = c.req.valid("param");
    if (kind === "tool") {
      const items = await readItems(db, workspaceId, config.embeddingModel);
      requireUnused(id, items.map(toItem));
    }
    const { existed } = await changePlaybook(services, workspaceId, { kind, id, item: null }, by);
    if (kind === "tool") await deleteToolSecrets(services, workspaceId, id);
    if (!existed) throw new Problem("not_found");
    return c.body(null, 204);
  });
}

function requireId(kind: Kind, id: string): string {
  const { expression, message } = ROUTES[kind].ids;
  if (expression.test(id)) return id;
  throw new Problem("validation_failed", `id: ${message}`, { errors: [{ path: "id", message }] });
}

function requireOtherLanguages({ language, translations }: OwnerAnswer): void {
  if (translations[language] === undefined) return;
  const message = `is the language of text already.`;
  throw new Problem("validation_failed", `translations.${language}: ${message}`, {
    errors: [{ path: `translations.${language}`, message }],
  });
}

function toRowView(row: ItemRow, now: number) {
  const content = JSON.parse(row.content) as Contents[Kind];
  return {
    id: row.id,
    ...content,
    status: statusOf(content, now),
    version: row.hash,
    updated_at: new Date(row.created_at).toISOString(),
  };
}

function toView(
  { id, content, checked }: { id: string; content: Contents[Kind]; checked: Checked },
  now: number,
) {
  return {
    id,
    status: statusOf(content, now),
    version: checked.hash,
    updated_at: new Date(now).toISOString(),
    checked: checked.isChecked,
    overlaps: checked.overlaps,
    also_matches: checked.alsoMatches,
  };
}

function statusOf(content: Contents[Kind], now: number): "live" | "scheduled" | "expired" {
  const { valid_since, valid_before } = toInterval(content);
  if (valid_since !== null && now < valid_since) return "scheduled";
  return valid_before !== null && now >= valid_before ? "expired" : "live";
}
