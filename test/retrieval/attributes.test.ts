import { expect, it } from "vitest";
import { fieldValues, toAttributes } from "../../src/retrieval/attributes.ts";

it.each([
  ["plan", "in-app"],
  ["plan", "no-ads"],
  ["platform", "TV"],
  ["plan", "US"],
  ["country", "de-AT"],
])(
  "two letters are a country only as a whole value, and of a country's attribute: %s %s",
  (name, value) => {
    const [attribute] = toAttributes({ [name]: value });
    expect(attribute).toMatchObject({ names: [value], code: undefined, country: undefined });
  },
);

it.each([
  ["country", "at"],
  ["shippingCountry", "AT"],
  ["sales_region", "AT"],
  ["Lieferland", "AT"],
  ["país", "AT"],
  ["kraj", "AT"],
  ["market", "AT"],
  ["lives_in", "Austria"],
])("a country is told by %s %s", (name, value) => {
  expect(toAttributes({ [name]: value })[0]?.country).toBe("AT");
});

it("a language may have a suffix, and a value counts as it was given", () => {
  const [locale] = toAttributes({ locale: "de-AT" });
  expect(locale).toMatchObject({ code: "de", country: undefined });
  expect(locale?.names).toContain("Deutsch");
  expect(locale && fieldValues(locale)).toEqual(expect.arrayContaining(["de-at", "de", "german"]));
});
