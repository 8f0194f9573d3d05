/** A run of text of a rendered page, without a block boundary in it. */
export interface Block {
  text: string;
  /**
   * `machinery` is shown but no content: navigation, a list of links to the page's own headings. `hidden` is seen by nobody.
   * `optional` may be read, and counts neither way: the text in place of an image, the number of a list item.
   */
  state: "content" | "optional" | "machinery" | "hidden";
}

export interface RenderedPage {
  blocks: Block[];
  /**
   * Text that a reader may repeat: titles, column names, cells that span, labels of panels, descriptions for screen readers.
   */
  labels: string[];
}

/** CSS selectors. */
export interface Marks {
  content?: string[];
  machinery?: string[];
}
