import { accessTo, type Access } from "./access.ts";
import type { App } from "./context.ts";
import { PROBLEM_DESCRIPTION } from "../http/openapi.ts";
import { CONVERSATION_TOKEN_HEADER, VISITOR_TOKEN_HEADER } from "./credentials.ts";

const securitySchemes = {
  publishable_key: {
    type: "http",
    scheme: "bearer",
    description: "`pk_…`, for pages of the origins it lists",
  },
  secret_key: { type: "http", scheme: "bearer", description: "`sk_…`, for servers" },
  visitor_token: {
    type: "apiKey",
    in: "header",
    name: VISITOR_TOKEN_HEADER,
    description:
      "JWT (HS256) signed by the customer's backend with an identity secret: `sub`, `exp` within 24 hours, `name`, `email`, `audience`",
  },
  conversation_token: {
    type: "apiKey",
    in: "header",
    name: CONVERSATION_TOKEN_HEADER,
    description: "`conversation_token` of the conversation's first answer",
  },
  deployment_token: { type: "http", scheme: "bearer", description: "The deployment's ADMIN_TOKEN" },
} as const;

type Requirement = Partial<Record<keyof typeof securitySchemes, string[]>>;

/**
 * The API's OpenAPI description. The access table, which the guard enforces, gives each route its security requirements. The
 * problems that follow from access, body and parameters are added here; routes list only those of their own work.
 */
export function openApiDocument(app: App): object {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Edgewise", version: "0.1.0" },
  });
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) {
      const access = accessTo(method.toUpperCase(), path);
      operation.security = requirements(access);
      operation.responses = { ...impliedProblems(access, operation), ...operation.responses };
    }
  }
  return { ...document, components: { ...document.components, securitySchemes } };
}

/** The parts of an operation that problems follow from. */
interface Operation {
  requestBody?: { content?: object };
  parameters?: { name?: string; schema?: object }[];
}

/** The problems of the guard, of reading a JSON body and of checking parameters. */
function impliedProblems(access: Access | undefined, operation: Operation): object {
  const statuses: number[] = [];
  if (access?.by !== "anyone") statuses.push(401, 429);
  if (access?.by === "key") statuses.push(403);
  const { requestBody, parameters = [] } = operation;
  if (requestBody?.content && "application/json" in requestBody.content)
    statuses.push(400, 413, 415, 422);
  if (parameters.some(({ name }) => name === "cursor")) statuses.push(400);
  // A parameter with no constraint but its type is never refused.
  if (parameters.some(({ schema = {} }) => Object.keys(schema).length > 1)) statuses.push(422);
  return Object.fromEntries(statuses.map((status) => [status, problemReference]));
}

const problemReference = {
  description: PROBLEM_DESCRIPTION,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** The alternatives, any of which is enough. Empty: the route needs no key. */
function requirements(access: Access | undefined): Requirement[] {
  switch (access?.by) {
    case "deployment":
      return [{ deployment_token: [] }];
    case "key":
      return access.kinds.flatMap((kind): Requirement[] => {
        if (kind === "secret") return [{ secret_key: [access.scope] }];
        const key = { publishable_key: [access.scope] };
        const signedIn = { ...key, visitor_token: [] };
        const anonymous = { ...key, conversation_token: [] };
        return access.needsVisitor ? [signedIn] : [key, anonymous, signedIn];
      });
    case "anyone":
    case "signature":
    case undefined:
      return [];
  }
}
