import fc from "fast-check";
import { expect, it } from "vitest";
import { createSeal } from "../../src/crypto/seal.ts";

const randomBytes = (count: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(count));
const sealWith = (...keys: string[]) => createSeal(keys, randomBytes);

it("opens what it sealed, for the same row only, and shows nothing of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.string(), async (plain, context) => {
      const { seal, open } = sealWith("a key of the deployment");
      const sealed = await seal(context, plain);
      expect(await open(context, sealed)).toBe(plain);
      await expect(open(`${context}x`, sealed)).rejects.toThrow();
      expect(await seal(context, plain)).not.toBe(sealed);
    }),
    { numRuns: 30 },
  );
});

it("refuses every changed character", async () => {
  const { seal, open } = sealWith("a key of the deployment");
  const sealed = await seal("row", "secret");
  for (let at = 0; at < sealed.length; at++) {
    const other = sealed[at] === "A" ? "Q" : "A";
    await expect(open("row", sealed.slice(0, at) + other + sealed.slice(at + 1))).rejects.toThrow();
  }
  for (const text of ["", "v1", "v1..", "v1.AAAA.AAAA", "v2.AAAA.AAAA", "v1.*.*"])
    await expect(open("row", text)).rejects.toThrow();
});

it("opens what was sealed before the deployment's key was changed", async () => {
  const sealed = await sealWith("old").seal("row", "secret");
  expect(await sealWith("new", "old").open("row", sealed)).toBe("secret");
  await expect(sealWith("new").open("row", sealed)).rejects.toThrow(/SEALING_KEY/);
  await expect(sealWith().seal("row", "secret")).rejects.toThrow();
});
