import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

it("the lockfile locks the binaries of every system, not only of the one where it was written", () => {
  const file = path.resolve(import.meta.dirname, "../../../package-lock.json");
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const locked = new Set(Object.keys(packages).map((place) => place.split("node_modules/").at(-1)));
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !locked.has(name))
      .map((name) => `${place} → ${name}`),
  );
  expect(missing).toEqual([]);
});
