import type { TestProject } from "vitest/node";
import { startShopBackend } from "./support/shop-backend.ts";

/** One shop for all test files: each test has a host of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shop = await startShopBackend();
  project.provide("shop", shop.url);
  return shop.close;
}

declare module "vitest" {
  export interface ProvidedContext {
    shop: string;
  }
}
