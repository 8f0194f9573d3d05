/** The heading above what stands on a page of a PDF; it travels with every chunk, and a citation names the page by it. */
const PAGE = /^Page (\d{1,5})$/;

export function pageOf(headingPath: string[]): number | undefined {
  const number = PAGE.exec(headingPath[0] ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}
