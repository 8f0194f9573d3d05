/** A run of text of a rendered page, without a block boundary in it. */
export interface Block {
  text: string;
  /** `machinery` is shown but no content: navigation, a list of links to the page's own headings. `hidden` is seen by nobody. */
  state: "content" | "machinery" | "hidden";
}

export interface RenderedPage {
  blocks: Block[];
  /**
   * Text that a reader may repeat: titles, column names, cells that span, labels of panels, numbers of lists, and texts in place of
   * images.
   */
  labels: string[];
}

/** CSS selectors. */
export interface Marks {
  content?: string[];
  machinery?: string[];
}
