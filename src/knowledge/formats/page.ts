/** The top heading of each page of a PDF. Every chunk keeps its headings, so a citation can name the page. */
const PAGE = /^Page (\d{1,5})$/;

export function pageOf(headingPath: string[]): number | undefined {
  const number = PAGE.exec(headingPath[0] ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}
