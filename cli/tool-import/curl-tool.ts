import { CommandError } from "../command.ts";
import { decoded, readAddress, type Address } from "./address.ts";
import { bodyEntries } from "./curl-body.ts";
import { queryText, readQuery } from "./curl-query.ts";
import { readCurl, type CurlRequest } from "./curl-request.ts";
import { exampleField } from "./example-field.ts";
import { schemaOfExample } from "./example-schema.ts";
import { References } from "./json-schema.ts";
import { Notes } from "./notes.ts";
import { NO_OUTPUT, outputOf } from "./output-fields.ts";
import { readSegments, toolNameFor, type Segment } from "./places.ts";
import { basicAuthorization, isPlaceholder, isSecretName } from "./secrets.ts";
import {
  canBeProperty,
  checkName,
  finish,
  Inputs,
  type Draft,
  type ImportedTool,
} from "./tool-draft.ts";

/**
 * Makes a tool of a pasted curl command, which is read and never run. What looks like an example value becomes a property of its input;
 * secrets leave the content.
 * @param exampleResponse JSON that the call returned once, from which the output's fields are taken
 * @throws CommandError with what to change in the command, or why it can be no tool
 */
export function importCurl(command: string, name?: string, exampleResponse?: string): ImportedTool {
  const notes = new Notes();
  const request = readCurl(command, notes);
  const address = readAddress(request.url, notes);
  const inputs = new Inputs(notes);
  const query = readQuery([...address.query, ...request.query], sendsBody(request), notes);
  for (const { property, value } of query)
    if (property !== undefined) inputs.add(property, exampleField(value), true);
  for (const [property, value] of bodyEntries(request, notes))
    addField(property, value, inputs, notes);
  // The names in query and body are the API's own. Those in the address give way, so they come last.
  const segments = readSegments(address.segments);
  const path = pathOf(segments, inputs);
  const queryTexts = query.flatMap((one) => queryText(one, inputs));
  noteGuesses([...inputs.places(), ...query.flatMap(({ property }) => property ?? [])], notes);
  notes.add(
    "Write into description what the tool does and when it is of use: a language model chooses it by that.",
  );
  return finish(
    {
      name:
        name === undefined ? toolNameFor(request.method, segments, address.host) : checkName(name),
      description: `${request.method} ${address.host}${path}`,
      method: request.method,
      host: address.host,
      path,
      query: queryTexts,
      inputs,
      headers: headersOf(request, address),
      output: exampleOutput(exampleResponse, notes),
    } satisfies Draft,
    notes,
  );
}

function sendsBody({ method }: CurlRequest): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "DELETE";
}

/** curl prefers a header to `-u`, and `-u` to what stands in the address. */
function headersOf({ headers, credentials }: CurlRequest, address: Address): Draft["headers"] {
  const given =
    credentials ?? (address.credentials === undefined ? undefined : decoded(address.credentials));
  if (given === undefined) return headers;
  const isKnown = given.includes(":") && !isPlaceholder(given);
  return [["authorization", isKnown ? basicAuthorization(given) : "<user:password>"], ...headers];
}

const NESTED =
  "Left out of the body: objects and lists, which a tool does not take. If the API needs them, let the tool call an endpoint of your own that fills them in";

function addField(name: string, value: unknown, inputs: Inputs, notes: Notes): void {
  const isNested = (typeof value === "object" && value !== null) || /[[\].]/.test(name);
  if (isNested) notes.addName(NESTED, name);
  else if (value === null) notes.addName("Left out of the body: fields that are null", name);
  else if (isSecretName(name))
    notes.addName("Left out of the body: secrets. A tool sends secrets in headers only", name);
  else if (canBeProperty(name, notes)) inputs.add(name, exampleField(value), true);
}

function pathOf(segments: Segment[], inputs: Inputs): string {
  const written = segments.map(({ parts }) =>
    parts.map((part) =>
      "text" in part ? part.text : `{${inputs.addPlace(part.place, { type: "string" })}}`,
    ),
  );
  return written.map((parts) => `/${parts.join("")}`).join("");
}

function noteGuesses(names: string[], notes: Notes): void {
  if (names.length > 0)
    notes.add(
      `It is a guess that these change from call to call: ${names.join(", ")}. Write into url what is always the same.`,
    );
}

function exampleOutput(example: string | undefined, notes: Notes): Draft["output"] {
  if (example === undefined) {
    notes.add(
      "Declare in output the fields of the response that the tool may use: without them it returns nothing.",
    );
    return NO_OUTPUT;
  }
  let value: unknown;
  try {
    value = JSON.parse(example);
  } catch {
    throw new CommandError("The example of a response is no JSON.");
  }
  const reading = { references: new References({}), notes, side: "output" };
  notes.add(
    "output is taken from one example: check its types, and name in required what is always there.",
  );
  return outputOf(schemaOfExample(value), reading, "The call");
}
