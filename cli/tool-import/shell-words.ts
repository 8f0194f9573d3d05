import { parse, type Command, type DoubleQuotedChild, type Word, type WordPart } from "unbash";
import { CommandError } from "../command.ts";

const MAX_CHARACTERS = 100_000;
const NOTHING_RUN = "Nothing was run.";

/**
 * The words after `curl` in a pasted command. The command is parsed, never run. A variable stays as `${NAME}`, because its value is not known.
 * @throws CommandError where it is not one curl command with all that it needs in it
 */
export function curlWords(pasted: string): string[] {
  if (pasted.length > MAX_CHARACTERS)
    throw new CommandError(`The command has more than ${MAX_CHARACTERS} characters.`);
  const command = theCommand(asBash(pasted));
  return command.suffix.map((part) => {
    if (part.type === "Word" && /^[“”‘’„]/u.test(part.text))
      throw new CommandError("The command has typographic quotes. Write ' or \" in their place.");
    if (part.type === "Word") return textOf(part);
    throw new CommandError(
      `The command has a redirection (<, > or <<). Put a body between quotes, and write {order} for <order>. ${NOTHING_RUN}`,
    );
  });
}

function theCommand(source: string): Command {
  const { commands, errors } = parse(source);
  const [first, ...more] = commands;
  if (errors?.[0]) throw new CommandError(`The command cannot be read: ${errors[0].message}.`);
  if (!first) throw new CommandError("There is no command.");
  if (first.background === true)
    throw new CommandError(
      `The command has an & outside of quotes. Put the address between quotes. ${NOTHING_RUN}`,
    );
  if (first.command.type !== "Command" || more.length > 0)
    throw new CommandError(
      `This is more than one command (a pipe, ;, &&, or a line break without \\ before it). Paste the curl command alone. ${NOTHING_RUN}`,
    );
  const { name, prefix } = first.command;
  const program = name ? textOf(name) : "";
  if (!/^(?:.*[\\/])?curl(?:\.exe)?$/i.test(program) || prefix.length > 0)
    throw new CommandError(
      `The command has to begin with curl${program ? `, not ${program.slice(0, 40)}` : ""}. ${NOTHING_RUN}`,
    );
  return first.command;
}

/** Without a prompt and the spaces and line ends that web pages and Windows add. */
function asBash(pasted: string): string {
  const text = pasted
    .replaceAll("\u00A0", " ")
    .replaceAll("\r\n", "\n")
    .trim()
    .replace(/^[$>%]\s+/, "");
  const isEscaped = /^curl(?:\.exe)?\s+(?:-\S+\s+)*\^"/i.test(text);
  if (!isEscaped && !/\^[ \t]*\n/.test(text)) return text;
  // The prompt of Windows, as browsers write for it: ^ ends a line and escapes the next character; $ and ` mean nothing there.
  const joined = text.replace(/\^[ \t]*\n[ \t]*/g, " ");
  return (isEscaped ? joined.replace(/\^(.)/g, "$1") : joined).replace(/[$`]/g, "\\$&");
}

function textOf({ parts, value }: Word): string {
  return (parts ? parts.map(partText).join("") : value).toWellFormed();
}

function partText(part: WordPart | DoubleQuotedChild): string {
  switch (part.type) {
    case "Literal":
    case "SingleQuoted":
    case "AnsiCQuoted":
      return part.value;
    case "Glob":
      return part.text;
    case "DoubleQuoted":
    case "LocaleString":
      return part.parts.map(partText).join("");
    case "SimpleExpansion":
      return part.text.replace(/^\$([A-Za-z_]\w*)$/, "${$1}");
    case "ParameterExpansion":
      return `\${${part.parameter}}`;
    case "BraceExpansion":
    case "ExtendedGlob":
      throw new CommandError(`Put ${part.text.slice(0, 40)} between quotes.`);
    case "CommandExpansion":
    case "ArithmeticExpansion":
    case "ProcessSubstitution":
      throw new CommandError(
        `The command holds another one, ${part.text.slice(0, 40)}. Write the value that it gives. ${NOTHING_RUN}`,
      );
  }
}
