import { createRoute, z, type RouteConfig } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest, problems } from "../http/openapi.ts";
import { pageOf, pageQuery, readPage } from "../http/paging.ts";
import { Problem } from "../http/problem.ts";
import { readablePath } from "../http/readable-path.ts";
import { toInterval } from "../knowledge/accept/validity.ts";
import { changePlaybook } from "./change-playbook.ts";
import {
  answerSchema,
  guidanceSchema,
  KINDS,
  type Contents,
  type Kind,
  type OwnerAnswer,
} from "./items.ts";
import { readItems, type ItemRow } from "./playbook.ts";
import { putItem, type Checked } from "./put-item.ts";

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const idParameter = z.object({
  id: z.string().meta({ description: "Lower-case letters, digits, `.`, `_`, `-`; at most 64" }),
});
const readableId = readablePath("invalid_external_id");

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
    description: "Other items of this kind that would apply to the same message, with that message",
  }),
  also_matches: z
    .array(z.object({ text: z.string(), from: z.enum(["visitor", "document"]) }))
    .meta({
      description:
        "Recent messages of visitors and titles of documents that it would apply to as well. Those that ask something else belong in `unlike`.",
    }),
};

const answerView = answerSchema.extend(itemFields).meta({ id: "OwnerAnswer" });
const guidanceView = z.object({ ...guidanceSchema.shape, ...itemFields }).meta({ id: "Guidance" });
const putAnswerView = answerView.extend(checkFields).meta({ id: "CheckedOwnerAnswer" });
const putGuidanceView = guidanceView.extend(checkFields).meta({ id: "CheckedGuidance" });

/** What the routes of a kind are called. */
const NAMES = {
  answer: {
    path: "/v1/answers",
    list: "answers",
    one: "an owner's answer",
    put: "Store what is said, word for word, to a question; it overrides documents and is live with the next question",
  },
  guidance: {
    path: "/v1/guidance",
    list: "guidance",
    one: "guidance",
    put: "Store what the language model is told, or what is done, where a condition holds; live with the next question",
  },
} as const satisfies Record<Kind, object>;

const putAnswerRoute = createRoute({
  method: "put",
  path: "/v1/answers/{id}",
  summary: NAMES.answer.put,
  ...jsonRequest(answerSchema, "The answer", { params: idParameter }),
  responses: { 200: jsonContent(putAnswerView, "As stored"), ...problems(409) },
});

const putGuidanceRoute = createRoute({
  method: "put",
  path: "/v1/guidance/{id}",
  summary: NAMES.guidance.put,
  ...jsonRequest(guidanceSchema, "The guidance", { params: idParameter }),
  responses: { 200: jsonContent(putGuidanceView, "As stored"), ...problems(409) },
});

export function playbookRoutes(app: App): void {
  for (const kind of KINDS) {
    app.use(`${NAMES[kind].path}/:id`, readableId);
    readRoutes(app, kind);
  }

  app.openapi(putAnswerRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const id = checkId(c.req.valid("param").id);
    const content = c.req.valid("json");
    requireOtherLanguages(content);
    const checked = await putItem(services, workspaceId, { kind: "answer", id, content }, by);
    return c.json({ ...toView({ id, content, checked }, services.now()), ...content }, 200);
  });

  app.openapi(putGuidanceRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const id = checkId(c.req.valid("param").id);
    const content = c.req.valid("json");
    const checked = await putItem(services, workspaceId, { kind: "guidance", id, content }, by);
    return c.json({ ...toView({ id, content, checked }, services.now()), ...content }, 200);
  });
}

/** List, get and delete, which are alike for all kinds. */
function readRoutes(app: App, kind: Kind): void {
  const { path, list, one } = NAMES[kind];
  const view = kind === "answer" ? answerView : guidanceView;
  const params = { request: { params: idParameter } };
  const define = <const R extends RouteConfig>(route: R) => createRoute(route);

  const listRoute = define({
    method: "get",
    path,
    summary: `List ${list}, expired ones included`,
    request: { query: pageQuery },
    responses: { 200: jsonContent(pageOf({ [list]: z.array(view) }), "A page, by id") },
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
    return c.json({ [list]: rows.map((row) => toRowView(row, now())), next_cursor } as never, 200);
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
    responses: { 204: { description: "Removed" }, ...problems(404) },
  });
  app.openapi(deleteRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { id } = c.req.valid("param");
    const { existed } = await changePlaybook(services, workspaceId, { kind, id, item: null }, by);
    if (!existed) throw new Problem("not_found");
    return c.body(null, 204);
  });
}

function checkId(id: string): string {
  if (ID.test(id)) return id;
  const message =
    "takes 1 to 64 lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit.";
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
  } as never;
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
