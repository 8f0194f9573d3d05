/** MyST's `{ref}`text <target>``. */
const ROLE = /\{([a-z][\w:+-]*)\}(`+)([^`]+)\2/g;

/** Roles become the words or the code that they show. */
export function withoutRoles(text: string): string {
  return text.replace(ROLE, roleText);
}

function roleText(whole: string, role: string, _: string, content: string): string {
  if (/^(?:code|literal|command|file|program|option|envvar|samp|kbd|py|c|cpp|js)\b/.test(role))
    return `\`${content}\``;
  if (/^(?:math|eq|raw|cite|footcite|numref)\b/.test(role)) return content;
  if (/^(?:index|target|nbsphinx)/.test(role)) return "";
  const text = /^([\s\S]*?)\s*<[^<>]*>$/.exec(content)?.[1];
  const shown =
    text === undefined || text === ""
      ? content.replace(/^[~!]/, "").replace(/^\/?(?:[\w.-]+\/)+(?=[\w-]+$)/, "")
      : text;
  return shown.replace(/\s*-->\s*/g, " → ");
}
