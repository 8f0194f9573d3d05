import { z } from "zod";

/** A name that people give: one line without control characters. */
export const label = z
  .string()
  .trim()
  .max(100)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "holds control characters");
