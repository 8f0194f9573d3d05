/** Fills the placeholders of a sentence. A placeholder without a value stays as it is. */
export function fillPlaceholders(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? placeholder) : placeholder,
  );
}
