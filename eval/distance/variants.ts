import type { City } from "./cities.ts";
import type { Placement } from "./distant-bindings.ts";

/** What a deployment can do about the distance between visitors and the database. */
export const VARIANTS = {
  "near visitor": (visitor: City, primary: City): Placement => ({
    worker: visitor,
    primary,
    reading: "primary",
  }),
  "session, unconstrained": (visitor: City, primary: City): Placement => ({
    worker: visitor,
    primary,
    reading: "first-unconstrained",
  }),
  "session, first primary": (visitor: City, primary: City): Placement => ({
    worker: visitor,
    primary,
    reading: "first-primary",
  }),
  "near database": (_: City, primary: City): Placement => ({
    worker: primary,
    primary,
    reading: "primary",
  }),
};

export type Variant = keyof typeof VARIANTS;
