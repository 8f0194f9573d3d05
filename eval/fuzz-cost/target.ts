/** Something that reads hostile input; it may refuse it by throwing. */
export type Target = (input: string) => unknown;
