import { expect, it } from "vitest";
import { neuronsOf, neuronsOfTexts } from "../../src/models/table.ts";

it.each(["constructor", "toString", "__proto__", "@cf/model/of-next-year"])(
  "a model that the table does not list costs a number of neurons: %s",
  (model) => {
    expect(neuronsOf(model, { inputTokens: 1000, outputTokens: 100 })).toBeGreaterThan(0);
    expect(neuronsOfTexts(model, ["How do I clean the pump?"])).toBeGreaterThan(0);
  },
);
