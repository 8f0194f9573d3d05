import ssf from "ssf";
import { expect, it } from "vitest";
import { readableFormat } from "../../../local/ai/date-format.ts";

/** 24 December 2026, 14:24. */
const VALUE = 46_380.6;
const DAY = new Date(Date.UTC(2026, 11, 24));

function shown(code: string | number): string {
  return ssf.format(readableFormat(code, DAY, VALUE), VALUE, {}).trim();
}

it.each([
  ["dd.mm.yyyy", "24.12.2026"],
  ["dd.mm.yy", "24.12.26"],
  ["d.m.yyyy;@", "24.12.2026"],
  ["dd.mm.yyyy hh:mm", "24.12.2026 14:24"],
  ["dd.mm.yyyy\\ hh:mm;@", "24.12.2026 14:24"],
  ["d. mmmm yyyy", "24. December 2026"],
  ["[$-407]d. mmm yyyy", "24. Dez 2026"],
  ["[$-407]dddd, d. mmmm yyyy;@", "Donnerstag, 24. Dezember 2026"],
  ["[$-40C]d mmmm yyyy;@", "24 décembre 2026"],
  ["[$-40B]d. mmmm yyyy;@", "24. joulukuuta 2026"],
  ["[$-de-DE]d. mmmm yyyy", "24. Dezember 2026"],
  ['[$-419]d mmmm yyyy\\ "г."', "24 декабря 2026 г."],
  ["[$-F800]dddd, mmmm dd, yyyy", "Thursday, December 24, 2026"],
  ["[$-409]mmmm d, yyyy;@", "December 24, 2026"],
  ["[$-411]aaaa", "木曜日"],
  ["yyyy年m月d日", "2026年12月24日"],
  ['yyyy"년" m"월" d"일"', "2026년 12월 24일"],
  ["yyyy. mm. dd.", "2026. 12. 24."],
  ["ddd d.m.", "Thu 24.12."],
  ["kl. hh.mm", "kl. 14.24"],
  ["mm:ss.0", "24:00.0"],
  ['上午/下午h"时"mm"分"', "下午2时24分"],
  ["dd/mm/yyyy", "24/12/2026"],
  ["yyyy-mm-dd\\Thh:mm:ss", "2026-12-24T14:24:00"],
])("the date format %s reads %s", (code, text) => expect(shown(code)).toBe(text));

it.each([
  ["TT.MM.JJJJ", "24.12.2026"],
  ["jj/mm/aaaa", "24/12/2026"],
  ["GG.MM.AAAA", "24.12.2026"],
  ["åååå-MM-DD", "2026-12-24"],
  ["pp.kk.vvvv", "24.12.2026"],
  ["dd-mm-jjjj", "24-12-2026"],
  ["ДД.ММ.ГГГГ", "24.12.2026"],
])("%s with the letters of another language reads %s", (code, text) =>
  expect(shown(code)).toBe(text),
);

it("Excel's own dates whose order depends on the system are ISO dates", () => {
  for (const id of [14, 27, 28, 36, 50, 57, 58]) expect(shown(id)).toBe("2026-12-24");
  expect(shown(22)).toBe("2026-12-24 14:24");
  expect(ssf.format(readableFormat(32, DAY, 0.4), 0.4, {})).toBe("9:36:00");
});

it.each([
  ["General", "46380.6"],
  ["Standard", "46380.6"],
  ["0.00", "46380.60"],
  ['#,##0.00 "€"', "46,380.60 €"],
  ["#,##0.00\\ [$€-407]", "46,380.60 €"],
  ["0.00E+00", "4.64E+04"],
  ['0 "Std."', "46381 Std."],
  ["[Red]0.00;[Blue]-0.00", "46380.60"],
])("the number format %s is no date", (code, text) => expect(shown(code)).toBe(text));
