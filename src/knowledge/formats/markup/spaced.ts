/** A label does not join the words beside it. */
export function spaced(before: string, label: string, after: string): string {
  if (label === "") return "";
  return `${/[\p{L}\p{N}]$/u.test(before) ? " " : ""}${label}${/^[\p{L}\p{N}*_[`]/u.test(after) ? " " : ""}`;
}
