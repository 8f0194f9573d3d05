// Takes the place of `zod` in the Worker's bundle (`alias` in wrangler.toml and local/config.ts): the same without its error
// messages in fifty languages, which whoever imports the namespace `z` pulls in. `z` is this module itself.
// oxlint-disable-next-line import/no-self-import
export * as z from "./zod.mjs";
export * as core from "./zod-core.mjs";
export * from "../node_modules/zod/v4/classic/schemas.js";
export * from "../node_modules/zod/v4/classic/checks.js";
export * from "../node_modules/zod/v4/classic/errors.js";
export * from "../node_modules/zod/v4/classic/parse.js";
export * from "../node_modules/zod/v4/classic/compat.js";
export {
  globalRegistry,
  registry,
  config,
  $output,
  $input,
  $brand,
  clone,
  regexes,
  treeifyError,
  prettifyError,
  formatError,
  flattenError,
  TimePrecision,
  util,
  NEVER,
} from "./zod-core.mjs";
export { toJSONSchema } from "../node_modules/zod/v4/core/json-schema-processors.js";
export {
  ZodISODateTime,
  ZodISODate,
  ZodISOTime,
  ZodISODuration,
} from "../node_modules/zod/v4/classic/iso.js";
export * as iso from "../node_modules/zod/v4/classic/iso.js";
export * as coerce from "../node_modules/zod/v4/classic/coerce.js";
