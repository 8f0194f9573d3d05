import { vectorizeError } from "./errors.ts";

/** Metadata filters: https://developers.cloudflare.com/vectorize/reference/metadata-filtering/ */
type Scalar = string | number | boolean | null;
type Operator = "$eq" | "$ne" | "$in" | "$nin" | "$lt" | "$lte" | "$gt" | "$gte";

export interface Condition {
  field: string;
  operator: Operator;
  operand: Scalar | Scalar[];
}

export type MetadataIndexes = Record<string, "string" | "number" | "boolean">;
export type Metadata = Record<string, VectorizeVectorMetadata>;

const OPERATORS: ReadonlySet<string> = new Set([
  "$eq",
  "$ne",
  "$in",
  "$nin",
  "$lt",
  "$lte",
  "$gt",
  "$gte",
]);

/** The metadata index holds only this many bytes of a string, so a filter compares no more. */
const INDEXED_BYTES = 64;

export function parseFilter(filter: VectorizeVectorMetadataFilter, maxBytes: number): Condition[] {
  const json = JSON.stringify(filter);
  if (new TextEncoder().encode(json).length >= maxBytes)
    throw invalid(`filter too large; it must be less than ${maxBytes} bytes`);
  const conditions = Object.entries(filter).flatMap(([field, wanted]) => parseField(field, wanted));
  if (conditions.length === 0) throw invalid("filter must be a non-empty object");
  return conditions;
}

function parseField(field: string, wanted: unknown): Condition[] {
  if (field === "" || field.startsWith("$") || field.includes('"') || field.length > 512)
    throw invalid(`invalid filter key "${field}"`);
  if (isScalar(wanted)) return [{ field, operator: "$eq", operand: wanted }];
  if (typeof wanted !== "object") throw invalid(`invalid filter value for "${field}"`);
  return Object.entries(wanted ?? {}).map(([operator, operand]) => {
    if (!isOperator(operator)) throw invalid(`unknown operator "${operator}"`);
    const wantsList = operator === "$in" || operator === "$nin";
    if (wantsList && Array.isArray(operand) && operand.every(isScalar))
      return { field, operator, operand };
    if (!wantsList && isScalar(operand)) return { field, operator, operand };
    throw invalid(`invalid operand of ${operator} for "${field}"`);
  });
}

function invalid(detail: string): Error {
  return vectorizeError(
    "VECTOR_QUERY",
    40026,
    `Failed to parse the request body as JSON: filter: ${detail}`,
  );
}

/** True when every condition holds. A condition on a field without a metadata index never holds. */
export function matches(
  conditions: Condition[],
  metadata: Metadata,
  indexes: MetadataIndexes,
): boolean {
  return conditions.every((condition) => {
    const type = indexes[condition.field];
    if (!type) return false;
    return holds(condition, indexed(valueAt(metadata, condition.field), type));
  });
}

/** The metadata for `returnMetadata: "indexed"`: the declared fields, with strings truncated as in the index. */
export function indexedMetadata(metadata: Metadata, indexes: MetadataIndexes): Metadata {
  const found: Metadata = {};
  for (const [field, type] of Object.entries(indexes)) {
    const value = indexed(valueAt(metadata, field), type);
    if (value !== undefined) found[field] = value;
  }
  return found;
}

function holds(
  { operator, operand }: Condition,
  value: string | number | boolean | undefined,
): boolean {
  switch (operator) {
    case "$eq":
      return equals(operand, value);
    case "$ne":
      return !equals(operand, value);
    case "$in":
      return Array.isArray(operand) && operand.some((candidate) => equals(candidate, value));
    case "$nin":
      return Array.isArray(operand) && !operand.some((candidate) => equals(candidate, value));
    case "$lt":
    case "$lte":
    case "$gt":
    case "$gte":
      return isWithin(operator, value, operand);
  }
}

function isWithin(
  operator: "$lt" | "$lte" | "$gt" | "$gte",
  value: unknown,
  operand: unknown,
): boolean {
  const comparable =
    (typeof value === "number" && typeof operand === "number") ||
    (typeof value === "string" && typeof operand === "string");
  if (!comparable) return false;
  if (operator === "$lt") return value < operand;
  if (operator === "$lte") return value <= operand;
  if (operator === "$gt") return value > operand;
  return value >= operand;
}

function equals(operand: Scalar | Scalar[], value: string | number | boolean | undefined): boolean {
  if (operand === null) return value === undefined;
  return typeof operand === "string" ? truncate(operand) === value : operand === value;
}

function indexed(
  value: unknown,
  type: MetadataIndexes[string],
): string | number | boolean | undefined {
  if (typeof value === "string" && type === "string") return truncate(value);
  if (typeof value === "number" && type === "number") return value;
  if (typeof value === "boolean" && type === "boolean") return value;
  return undefined;
}

/** Truncates between two characters, so that the result is well-formed UTF-8. */
function truncate(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= INDEXED_BYTES) return text;
  return new TextDecoder().decode(bytes.subarray(0, INDEXED_BYTES), { stream: true });
}

/** A dot in a filter's key leads into nested metadata. */
function valueAt(metadata: Metadata, path: string): unknown {
  let value: unknown = metadata;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function isScalar(value: unknown): value is Scalar {
  return (
    value === null ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean"
  );
}

function isOperator(name: string): name is Operator {
  return OPERATORS.has(name);
}
