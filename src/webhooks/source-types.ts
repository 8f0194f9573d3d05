import type { AnyVendor } from "./contract/vendor.ts";
import * as registry from "./vendors/registry.ts";

/** The `type` of a source in the API: which vendor's webhooks it accepts. */
export type SourceType = (typeof registry)[keyof typeof registry]["type"];

export const vendorOf = Object.fromEntries(
  Object.values(registry).map((vendor) => [vendor.type, vendor]),
) as Record<SourceType, AnyVendor>;

export const sourceTypes = Object.keys(vendorOf) as SourceType[];
