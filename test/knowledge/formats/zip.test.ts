import { expect, it } from "vitest";
import { checkFile, fileType } from "../../../src/knowledge/formats/file-types.ts";
import { DOCX, hugeZip, zip, zipBomb } from "../../support/files.ts";

it("what a zip unpacks to is counted, whatever sizes it states", async () => {
  const type = fileType(DOCX);
  if (!type) throw new Error("Word files are accepted.");
  await expect(checkFile(zipBomb(10, hugeZip()), type)).rejects.toThrow(/more than 100 MB/);
  await expect(checkFile(zip({ "a.xml": "x".repeat(1000) }), type)).resolves.toBeUndefined();
});
