import { expect, it } from "vitest";
import { embeddingModel } from "../../src/models/table.ts";
import { parseConfig } from "../../src/runtime/config.ts";

const ID = "@cf/example/embedding-of-next-year";
const configure = (models: unknown, model = ID) =>
  parseConfig({
    EMBEDDING_MODEL: model,
    EMBEDDING_MODELS: typeof models === "string" ? models : JSON.stringify(models),
  });

it("a deployment describes an embedding model that the table does not list, and uses it", () => {
  const facts = { dimensions: 512, queryPrefix: "query: ", unrelatedCosine: 0.3 };
  expect(configure({ [ID]: facts }).embeddingModel).toBe(ID);
  expect(embeddingModel(ID)).toMatchObject({ ...facts, passagePrefix: "", matchingCosine: 0.7 });
  expect(embeddingModel(ID).price).toBeGreaterThan(0);
});

it("a deployment changes single facts of a listed model", () => {
  const id = "@cf/baai/bge-m3";
  const before = { ...embeddingModel(id) };
  configure({ [id]: { unrelatedCosine: 0.41 } }, id);
  expect(embeddingModel(id)).toEqual({ ...before, unrelatedCosine: 0.41 });
  configure({ [id]: before }, id);
});

it.each([
  ["no JSON", "{"],
  ["a list", []],
  ["a number", { [ID]: 5 }],
  ["no dimensions", { "@cf/example/none": {} }],
  ["more dimensions than Vectorize holds", { [ID]: { dimensions: 1537 } }],
  ["half a dimension", { [ID]: { dimensions: 1.5 } }],
  ["an unknown field", { [ID]: { dimensions: 8, prefix: "query: " } }],
  ["a negative price", { [ID]: { dimensions: 8, price: -1 } }],
  ["a range that ends where it begins", { [ID]: { dimensions: 8, unrelatedCosine: 0.7 } }],
  ["an id that is no model's", { constructor: { dimensions: 8 } }],
])("an embedding model is refused that is described with %s", (_, models) => {
  expect(() => configure(models, "@cf/baai/bge-m3")).toThrow(
    /Invalid configuration.*EMBEDDING_MODELS/s,
  );
});

it("an embedding model that nothing describes is refused", () => {
  expect(() => configure({}, "@cf/example/unknown")).toThrow(/EMBEDDING_MODELS/);
  expect(() => configure({}, "constructor")).toThrow(/EMBEDDING_MODEL/);
});
