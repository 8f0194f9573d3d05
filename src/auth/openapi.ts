import { accessTo, type Access } from "./access.ts";
import type { App } from "./context.ts";
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

/** The API's description. Who may call a route comes from the same table that is enforced. */
export function describe(app: App): object {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Edgewise", version: "0.1.0" },
  });
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) {
      operation.security = requirements(accessTo(method.toUpperCase(), path));
    }
  }
  return { ...document, components: { ...document.components, securitySchemes } };
}

/** Alternatives, any of which is enough; an empty one means that nothing is needed. */
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
