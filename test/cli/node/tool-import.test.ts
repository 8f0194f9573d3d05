import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { CommandError } from "../../../cli/command.ts";
import {
  importCurl,
  importOperation,
  listOperations,
  readOpenApi,
  toolFile,
  type ImportedTool,
} from "../../../cli/import-tool.ts";
import { toolSchema, toolSecretsSchema } from "../../../src/playbook/tool.ts";

/** What every import owes: its file is a tool, its secrets can be stored, and none of them is in the file. */
function sound(tool: ImportedTool): ImportedTool {
  const file = toolFile(tool);
  expect(toolSchema.safeParse(parse(file)).error).toBeUndefined();
  expect(parse(file)).toEqual(tool.content);
  expect(tool.content.secret_headers ?? []).toEqual(tool.secrets.map(({ header }) => header));
  for (const { header, value } of tool.secrets) {
    if (value === undefined) continue;
    expect(toolSecretsSchema.safeParse({ headers: { [header]: value } }).success).toBe(true);
    expect(file).not.toContain(value);
  }
  return tool;
}

const curl = (command: string, name?: string, example?: string): ImportedTool =>
  sound(importCurl(command, name, example));
/** Whether the notes tell each of these, in whatever order. */
function tells({ notes }: ImportedTool, ...told: RegExp[]): void {
  for (const one of told) expect(notes.join("\n")).toMatch(one);
}
const basic = (credentials: string): string =>
  `Basic ${Buffer.from(credentials).toString("base64")}`;

/** What a refused command or document is told. Anything but a CommandError would print a stack trace. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return (error as Error).message;
  }
  throw new Error("It was not refused.");
}

describe("a pasted curl command", () => {
  it("of Stripe's documentation becomes a tool whose key is a secret header", () => {
    const tool = curl(`curl https://api.stripe.com/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15 \\
  -u "sk_test_BQokikJOvBiI2HlWgH4olfQ2:"`);
    expect(tool).toMatchObject({
      name: "charge",
      content: {
        title: "Charge",
        effect: "read",
        method: "GET",
        url: "https://api.stripe.com/v1/charges/{charge}",
        input: { properties: { charge: { type: "string" } }, required: ["charge"] },
        secret_headers: ["authorization"],
      },
      secrets: [{ header: "authorization", value: basic("sk_test_BQokikJOvBiI2HlWgH4olfQ2:") }],
    });
    tells(tool, /tool_hosts has to list api\.stripe\.com/);
  });

  it("with -G puts its data into the query, in which lists are shown as the command has them", () => {
    const tool = curl(
      `$ curl -G https://api.stripe.com/v1/invoices -u sk_test_4eC39HqLyjWDarjtT1zdp7dc: \\
        -d limit=3 -d customer=cus_NffrFeUfNV2Hib -d "expand[]"="data.customer" --data-urlencode "created[gte]=1680000000"`,
    );
    expect(tool.content).toMatchObject({
      method: "GET",
      url: "https://api.stripe.com/v1/invoices?limit=3&expand[]=data.customer&created%5Bgte%5D={created_gte}",
      input: { required: ["created_gte", "customer"] },
    });
    tells(tool, /Fixed in the address.*: limit, expand\[\]/);
  });

  it("that sends a form tells that a tool sends JSON, and what is nested in it", () => {
    const tool = curl(`curl https://api.stripe.com/v1/refunds -u "sk_test_...:" \\
  -d charge=ch_1NirD82eZvKYlo2CIvbtLWuY -d "metadata[order_id]=6735"`);
    expect(tool).toMatchObject({
      name: "create_refund",
      content: { effect: "change", method: "POST", input: { required: ["charge"] } },
      // The documentation's own ellipsis is no key.
      secrets: [{ header: "authorization" }],
    });
    expect(tool.secrets[0]).not.toHaveProperty("value");
    tells(tool, /a tool sends JSON/, /Set it to read/, /metadata\[order_id\]/);
  });

  it("of Shopify's documentation keeps its version, and reads {access_token} as no token", () => {
    const tool = curl(
      `curl -X GET "https://your-development-store.myshopify.com/admin/api/2024-01/orders/450789469.json?fields=id%2Cname" \\
-H "X-Shopify-Access-Token: {access_token}"`,
    );
    expect(tool).toMatchObject({
      name: "order",
      content: {
        url: "https://your-development-store.myshopify.com/admin/api/2024-01/orders/{order}.json?fields=id%2Cname",
        secret_headers: ["x-shopify-access-token"],
      },
      secrets: [{ header: "x-shopify-access-token" }],
    });
    tells(tool, /whose value you have to give: x-shopify-access-token/);
  });

  it("of GitHub's documentation gets a place for each word in capitals, and keeps plain headers", () => {
    const tool = curl(`curl -L \\
  -X PATCH \\
  -H "Accept: application/vnd.github+json" \\
  -H "Authorization: Bearer <YOUR-TOKEN>" \\
  -H "X-GitHub-Api-Version: 2022-11-28" \\
  https://api.github.com/repos/OWNER/REPO/issues/ISSUE_NUMBER \\
  -d '{"title":"Found a bug","body":"I'\\''m having a problem.","assignees":["octocat"],"milestone":1}'`);
    expect(tool.content).toMatchObject({
      effect: "change",
      method: "PATCH",
      url: "https://api.github.com/repos/{owner}/{repo}/issues/{issue_number}",
      input: {
        properties: { title: { type: "string" }, milestone: { type: "integer" } },
        required: ["owner", "repo", "issue_number", "title", "body", "milestone"],
      },
      headers: { "x-github-api-version": "2022-11-28" },
    });
    tells(tool, /objects and lists.*: assignees/, /headers that a tool sets itself.*: accept/);
  });

  it("of Zendesk's documentation authenticates with -u, or says that a value is needed", () => {
    const given = curl(
      "curl https://acme.zendesk.com/api/v2/tickets/35436.json -v -u jane@acme.example/token:6wiIBWbGkBMo1mRDMuVw",
    );
    expect(given).toMatchObject({
      name: "ticket",
      content: { url: "https://acme.zendesk.com/api/v2/tickets/{ticket}.json" },
      secrets: [{ value: basic("jane@acme.example/token:6wiIBWbGkBMo1mRDMuVw") }],
    });
    const open = curl(
      "curl https://acme.zendesk.com/api/v2/tickets/{ticket_id}.json -u {email}/token:{api_token}",
    );
    expect(open.content.url).toContain("/tickets/{ticket_id}.json");
    expect(open.secrets).toEqual([{ header: "authorization" }]);
    expect(
      refusal(() => importCurl("curl https://{subdomain}.zendesk.com/api/v2/tickets.json")),
    ).toContain("host");
  });

  const browsers = `curl 'https://shop.example.com/api/orders/ORD-10045?lang=en&access_token=abc123def' \\
  -H 'authority: shop.example.com' \\
  -H 'accept: application/json, text/plain, */*' \\
  -H 'authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk' \\
  -b '_ga=GA1.1.1; session=deadbeef' \\
  -H 'sec-fetch-mode: cors' \\
  -H 'user-agent: Mozilla/5.0' \\
  --data-raw $'{"email":"jane@example.com","reason":"doesn\\'t fit","qty":2,"express":true,"price":9.5,"date":"2024-05-01","gift":null}' \\
  --compressed`;

  it("that a browser copied loses its cookies, the browser's headers, secrets in the query and all example values", () => {
    const tool = curl(browsers);
    expect(tool.content).toMatchObject({
      method: "POST",
      url: "https://shop.example.com/api/orders/{order}?lang={lang}",
      input: {
        properties: {
          order: { type: "string" },
          email: { type: "string", format: "email" },
          qty: { type: "integer" },
          express: { type: "boolean" },
          price: { type: "number" },
          date: { type: "string", format: "date" },
        },
      },
    });
    expect(tool.content).not.toHaveProperty("headers");
    const file = toolFile(tool);
    for (const secret of ["abc123def", "deadbeef", "eyJ", "jane@", "10045"])
      expect(file).not.toContain(secret);
    tells(
      tool,
      /cookies/,
      /null: gift/,
      /secrets in the address.*: access_token/,
      /headers of a browser: authority, sec-fetch-mode/,
    );
  });

  it("that a browser copied for the prompt of Windows is read as well", () => {
    const tool = curl(
      'curl ^"https://shop.example.com/api/returns?x=1^&y=2^" ^\r\n  -H ^"x-api-key: k123^" ^\r\n  --data-raw ^"^{^\\^"order^\\^":^\\^"A-77^\\^",^\\^"note^\\^":^\\^"costs $5^\\^"^}^"',
    );
    expect(tool.content).toMatchObject({
      url: "https://shop.example.com/api/returns?x={x}&y={y}",
      input: { required: ["x", "y", "order", "note"] },
    });
    expect(tool.secrets).toEqual([{ header: "x-api-key", value: "k123" }]);
  });

  it("of Postman has places in double braces, with and without quotes", () => {
    const tool = curl(
      `curl --location --request POST 'https://api.example.com/v1/customers/{{customerId}}/notes' \\
--header 'Content-Type: application/json' --header 'X-Api-Key: {{apiKey}}' \\
--data '{"text": "hi", "author_id": {{id}}, "api_secret": "s3cr3t"}'`,
    );
    expect(tool).toMatchObject({
      name: "customer_notes",
      content: { input: { required: ["customerId", "text", "author_id"] } },
      secrets: [{ header: "x-api-key" }],
    });
    tells(tool, /Left out of the body: secrets.*: api_secret/);
  });

  it("may have credentials and variables in its address, and combined short options", () => {
    const tool = curl(
      'curl -sSL -XDELETE "https://bot:pa55@api.example.com/subscriptions/${SUB_ID}?at_period_end=true"',
    );
    expect(tool).toMatchObject({
      name: "delete_subscription",
      content: {
        effect: "change",
        method: "DELETE",
        url: "https://api.example.com/subscriptions/{sub_id}",
        input: { required: ["sub_id", "at_period_end"] },
      },
      secrets: [{ header: "authorization", value: basic("bot:pa55") }],
    });
  });

  it.each([
    ["/orders/12345", "/orders/{order}"],
    ["/companies/7/addresses/9", "/companies/{company}/addresses/{address}"],
    ["/v1/users/me", "/v1/users/me"],
    ["/rest/api/3/issue/PROJ-12", "/rest/api/3/issue/{issue}"],
    [
      "/2010-04-01/Accounts/AC4f3a9b2c/Messages.json",
      "/2010-04-01/Accounts/{Account}/Messages.json",
    ],
    ["/bookings/2024-05-01", "/bookings/{booking}"],
    ["/users/jane@example.com", "/users/{email}"],
    ["/users/:id/orders/YOUR_ORDER_ID", "/users/{id}/orders/{order_id}"],
    ["/a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/b/<number>", "/a/{a}/b/{number}"],
    ["/orders/1/2", "/orders/{order}/{id}"],
    ["/orgs/ORG/oauth2/token", "/orgs/{org}/oauth2/token"],
    ["/orders/55:cancel", "/orders/{order}:cancel"],
    ["/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K/getMe", "/{id}/getMe"],
    ["/", "/"],
    ["", ""],
  ])("with the path %s calls %s", (path, expected) => {
    expect(curl(`curl 'https://api.example.com${path}'`).content.url).toBe(
      `https://api.example.com${expected}`,
    );
  });

  it("gives one name to one property", () => {
    const { content } = curl("curl 'https://api.example.com/orders/12?order=13&order=14'");
    expect(content.url).toBe("https://api.example.com/orders/{order_2}");
    expect(content.input?.required).toEqual(["order_2", "order"]);
  });

  it("has the output of an example response, whose types are those of all items of a list", () => {
    const example = {
      id: 1,
      status: "paid",
      date: "2024-01-02",
      lines: [
        { sku: "a", price: 1, x: null },
        { sku: "b", price: 2.5, gift: true },
      ],
      _links: {},
      none: null,
    };
    const tool = curl(
      "curl https://api.example.com/orders/12345",
      "order_status",
      JSON.stringify(example),
    );
    expect(tool.name).toBe("order_status");
    expect(tool.content.output).toEqual({
      type: "object",
      properties: {
        id: { type: "number" },
        status: { type: "string" },
        date: { type: "string", format: "date" },
        lines: {
          type: "array",
          items: {
            type: "object",
            properties: {
              sku: { type: "string" },
              price: { type: "number" },
              gift: { type: "boolean" },
            },
            required: [],
          },
        },
      },
      required: [],
    });
    tells(tool, /names that a field cannot have: _links/, /without a type: none, lines\[\]\.x/);
    expect(refusal(() => importCurl("curl https://a.example", "x", "[1]"))).toContain("list");
    expect(refusal(() => importCurl("curl https://a.example", "x", "{"))).toContain("no JSON");
  });

  it("is kept from writing more than five secrets, 20 properties and values that no header takes", () => {
    const headers = Array.from({ length: 7 }, (_, at) => `-H 'x-token-${at}: v${at}'`).join(" ");
    const data = JSON.stringify(
      Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`f${at}`, at])),
    );
    const tool = curl(
      `curl https://api.example.com/x --json '${data}' ${headers} -H 'x-jwt: ${"a1".repeat(300)}'`,
    );
    expect(tool.secrets).toHaveLength(5);
    expect(Object.keys(tool.content.input?.properties ?? {})).toHaveLength(20);
    tells(tool, /at most: f20, f21/, /secrets after the first 5: x-token-5/);
  });

  it.each([
    ["wget https://a.example", "begin with curl"],
    ["", "no command"],
    ["curl", "no address"],
    ["curl -H", "no value"],
    ["curl http://a.example/x", "https"],
    ["curl a.example/x", "https"],
    ["curl $BASE/x", "variable"],
    ["curl https://a.example:8443/x", "port 8443"],
    ["curl https://a.example https://b.example", "several addresses"],
    ["curl 'https://a.example/[1-9]'", "stands for several"],
    ["curl https://a.example | jq .", "more than one command"],
    ["curl https://a.example; rm -rf ~", "more than one command"],
    ["curl https://a.example && rm -rf ~", "more than one command"],
    ["curl https://a.example\n-H 'a: b'", "more than one command"],
    ["curl https://a.example/?a=1&b=2", "between quotes"],
    ["curl https://a.example/$(touch x)", "holds another one"],
    ["curl https://a.example/`touch x`", "holds another one"],
    ['curl https://a.example -d "$(cat secret)"', "holds another one"],
    ["curl https://a.example -d @secret.json", "sends a file"],
    ["curl https://a.example --data-urlencode a@secret", "sends a file"],
    ["curl https://a.example -F file=@secret", "sends a file"],
    ["curl https://a.example -H @headers", "sends a file"],
    ["curl https://a.example -T secret", "sends a file"],
    ["curl -K file https://a.example", "reads a file"],
    ["curl https://a.example -d @- <<EOF\n{}\nEOF", "redirection"],
    ["curl https://a.example > /etc/passwd", "redirection"],
    ["X=1 curl https://a.example", "begin with curl"],
    ["curl 'https://a.example", "cannot be read"],
    ["curl “https://a.example”", "typographic quotes"],
    ["curl https://a.example --frobnicate", "--frobnicate"],
    ["curl -X OPTIONS https://a.example", "OPTIONS"],
    ["curl https://a.example -H nothing", "colon"],
    ["curl https://a.example --json '[1]'", "no JSON object"],
    ["curl https://a.example --json '{\"a\":…}'", "no JSON"],
    ['curl https://a.example/graphql --json \'{"query":"{ shop { name } }"}\'', "GraphQL"],
  ])("%s is refused, and says why", (command, why) => {
    expect(refusal(() => importCurl(command))).toContain(why);
  });

  it("for a host that the server would refuse is imported with a warning", () => {
    for (const host of ["127.0.0.1", "[::1]", "localhost", "api.internal"])
      tells(curl(`curl https://${host}/x`), /The server refuses/);
  });

  it("tells what of its options a tool lacks", () => {
    const tool = curl(
      "curl -k -x proxy:1 --digest -u a:b -I https://a.example/x -d '<order/>' -X GET --compressed -o out",
    );
    tells(tool, /-k:/, /-x:/, /--digest:/, /neither JSON nor a form/);
  });

  it("is refused where it is too long, or its tool's name is none", () => {
    const long = `curl https://a.example -d '${"x".repeat(100_000)}'`;
    expect(refusal(() => importCurl(long))).toContain("characters");
    expect(refusal(() => importCurl("curl https://a.example", "Bad Name"))).toContain("Bad Name");
  });

  it("never writes a secret into its file, wherever it stands", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{10,40}$/);
    const where = fc.constantFrom(
      (s: string) => `-H 'Authorization: Bearer ${s}'`,
      (s: string) => `-H 'X-Api-Key:${s}'`,
      (s: string) => `-H 'X-Shop-Access-Token: ${s}'`,
      (s: string) => `-H 'client-secret: ${s}'`,
      (s: string) => `-H 'api_key: ${s}'`,
      (s: string) => `-H 'Cookie: a=${s}'`,
      (s: string) => `-b ${s}=${s}`,
      (s: string) => `-u ${s}:${s}`,
      (s: string) => `-u ${s}`,
      (s: string) => `--oauth2-bearer ${s}`,
      (s: string) => `-G -d api_key=${s}`,
      (s: string) => `-d '{"client_secret":"${s}","a":1}'`,
      (s: string) => `-d 'password=${s}&a=${s}'`,
      (s: string) => `-F token=${s}`,
      (s: string) => `--url-query 'access_token=${s}&q=${s}'`,
    );
    fc.assert(
      fc.property(secret, where, fc.boolean(), (value, option, isInAddress) => {
        const credentials = isInAddress ? `${value}:${value}@` : "";
        const tool = curl(
          `curl 'https://${credentials}a.example/x?token=${value}#${value}' ${option(value)}`,
        );
        expect(toolFile(tool)).not.toContain(value);
        expect(toolFile(tool)).not.toContain(
          Buffer.from(`${value}:`).toString("base64").slice(0, 12),
        );
      }),
    );
  });

  it("is a tool or refused with a reason, whatever its words", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "-d",
        "-H",
        "-X",
        "'",
        '"',
        "\\\n",
        "{",
        "}",
        "$",
        "`",
        "a: b",
        "@x",
        "https://a.example/1",
        "-G",
        "-u",
        "^\n",
        "?a[b]=1",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        try {
          curl(`curl ${pieces.join(" ")}`);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const PETSTORE = `
openapi: 3.0.4
info: { title: Swagger Petstore, version: 1.0.27 }
servers:
  - url: /api/v3
security:
  - petstore_auth: [ "read:pets" ]
  - api_key: []
paths:
  /pet:
    post:
      summary: Add a new pet to the store.
      operationId: addPet
      requestBody:
        required: true
        content:
          application/xml: { schema: { $ref: '#/components/schemas/Pet' } }
          application/json: { schema: { $ref: '#/components/schemas/Pet' } }
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }
  /pet/findByStatus:
    get:
      operationId: findPetsByStatus
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }
  /pet/{petId}:
    parameters:
      - { name: petId, in: path, required: true, description: ID of pet, schema: { type: integer, format: int64 } }
    get:
      summary: Find pet by ID
      description: Returns a single pet.
      operationId: getPetById
      responses:
        '200':
          description: ok
          content:
            application/xml: { schema: { $ref: '#/components/schemas/Pet' } }
            application/json: { schema: { $ref: '#/components/schemas/Pet' } }
        default: { description: error }
      security: [ { api_key: [] }, { petstore_auth: [] } ]
    delete:
      operationId: deletePet
      parameters:
        - { name: api_key, in: header, schema: { type: string } }
        - { name: api-key, in: header, schema: { type: string } }
        - { name: force, in: query, schema: { type: boolean } }
      responses: { '204': { description: gone } }
components:
  schemas:
    Category: { type: object, properties: { id: { type: integer, format: int64 }, name: { type: string } } }
    Tag: { type: object, properties: { id: { type: integer }, name: { type: string } } }
    Pet:
      type: object
      required: [ name, photoUrls ]
      properties:
        id: { type: integer, format: int64, readOnly: true }
        name: { type: string, example: doggie }
        category: { $ref: '#/components/schemas/Category' }
        photoUrls: { type: array, items: { type: string } }
        tags: { type: array, items: { $ref: '#/components/schemas/Tag' } }
        status: { type: string, description: pet status, enum: [ available, pending, sold ] }
        password: { type: string, writeOnly: true }
  securitySchemes:
    petstore_auth: { type: oauth2, flows: { implicit: { authorizationUrl: 'https://a.example', scopes: {} } } }
    api_key: { type: apiKey, name: X-Pet-Key, in: header }
`;

const SHOP = `
openapi: 3.1.0
info: { title: Shop, version: "1" }
servers:
  - url: https://{region}.shop.example/v2/
    variables: { region: { default: eu, enum: [ eu, us ] } }
  - url: https://sandbox.shop.example
security: [ { bearer: [] } ]
paths:
  /orders/{order-id}:
    parameters:
      - $ref: '#/components/parameters/OrderId'
    get:
      operationId: orders/get
      parameters:
        - { name: include, in: query, schema: { type: array, items: { type: string } } }
        - { name: 'filter[status]', in: query, required: true, schema: { type: string, enum: [ open, "", closed ] } }
        - { name: token, in: query, schema: { type: string } }
        - { name: limit, in: query, schema: { type: integer, exclusiveMinimum: 0, maximum: 100, default: 20 } }
        - { name: X-Channel, in: header, schema: { type: string, default: support } }
        - { name: Idempotency-Key, in: header, required: true, schema: { type: string } }
        - { name: session, in: cookie, schema: { type: string } }
      responses:
        "200": { $ref: '#/components/responses/Order' }
  /orders/{order-id}/returns:
    post:
      operationId: createReturn
      deprecated: true
      parameters:
        - { $ref: '#/components/parameters/OrderId' }
        - { name: dry_run, in: query, required: true, schema: { type: boolean } }
        - { name: locale, in: query, schema: { type: string } }
      requestBody:
        content:
          application/json:
            schema:
              allOf:
                - $ref: '#/components/schemas/Base'
                - type: object
                  required: [ reason, items, dry_run ]
                  properties:
                    reason: { type: string, pattern: '^[A-Z]{2,10}$', title: Reason }
                    comment: { type: [ string, "null" ], maxLength: 5000, pattern: '(a|b)+' }
                    items: { type: array, items: { type: string } }
                    address: { $ref: '#/components/schemas/Address' }
                    '@type': { type: string }
                    dry_run: { type: boolean }
      responses:
        "201":
          description: made
          content: { application/hal+json: { schema: { $ref: '#/components/schemas/Return' } } }
  /keys:
    get:
      security: [ { query_key: [] } ]
      responses: { "200": { description: ok, content: { text/csv: { schema: { type: string } } } } }
components:
  parameters:
    OrderId: { name: order-id, in: path, required: true, schema: { type: string, minLength: 3 } }
  responses:
    Order:
      description: ok
      content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } }
  schemas:
    Base: { type: object, required: [ note ], properties: { note: { type: string, description: "What for" } } }
    Address: { type: object, properties: { city: { type: string } } }
    Order:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          required: [ id, status, note, cancelled_at ]
          properties:
            id: { type: string, format: uuid }
            status: { enum: [ open, closed ] }
            cancelled_at: { type: [ string, "null" ], format: date-time }
            address: { anyOf: [ { $ref: '#/components/schemas/Address' }, { type: "null" } ] }
            parent: { $ref: '#/components/schemas/Order' }
            payment: { oneOf: [ { type: object, properties: { iban: { type: string } } }, { type: string } ] }
            labels: { type: object, additionalProperties: { type: string } }
            due: { type: string, format: date }
            total: { type: [ number, string ] }
    Return: { type: object, properties: { id: { type: integer }, order: { $ref: '#/components/schemas/Order' } } }
  securitySchemes:
    bearer: { type: http, scheme: bearer }
    query_key: { type: apiKey, in: query, name: api_key }
`;

describe("an OpenAPI document", () => {
  const petstore = readOpenApi(PETSTORE);
  const shop = readOpenApi(SHOP);
  const operation = (document: typeof shop, id: string, name?: string): ImportedTool =>
    sound(importOperation(document, id, name));

  it("lists its operations by operationId, or by method and path", () => {
    expect(listOperations(petstore).map(({ id }) => id)).toEqual([
      "addPet",
      "findPetsByStatus",
      "getPetById",
      "deletePet",
    ]);
    expect(listOperations(shop).at(-1)).toMatchObject({
      id: "GET /keys",
      method: "GET",
      path: "/keys",
    });
    expect(listOperations(readOpenApi(JSON.stringify(parse(SHOP))))).toEqual(listOperations(shop));
  });

  it("of version 3.0 gives the tool that looks a pet up", () => {
    const tool = operation(petstore, "getPetById");
    expect(tool).toMatchObject({
      name: "get_pet_by_id",
      content: {
        title: "Find pet by ID",
        description: "Find pet by ID\n\nReturns a single pet.",
        effect: "read",
        method: "GET",
        url: "https://your-api.example/api/v3/pet/{petId}",
        input: {
          properties: { petId: { type: "integer", description: "ID of pet" } },
          required: ["petId"],
        },
        secret_headers: ["x-pet-key"],
      },
      secrets: [{ header: "x-pet-key" }],
    });
    expect(tool.content.output).toMatchObject({
      properties: {
        category: { type: "object", properties: { name: { type: "string" } } },
        tags: { type: "array", items: { type: "object" } },
        status: { enum: ["available", "pending", "sold"] },
      },
      required: ["name", "photoUrls"],
    });
    expect(tool.content.output.properties).not.toHaveProperty("password");
    tells(tool, /names no server that a tool can call/, /Other ways.*: petstore_auth/);
    expect(operation(petstore, "get /pet/{petId}", "pet").name).toBe("pet");
  });

  it("names what of a body cannot be sent, and whether the API requires it", () => {
    const tool = operation(petstore, "addPet");
    expect(tool.content).toMatchObject({
      effect: "change",
      method: "POST",
      input: { required: ["name"] },
    });
    expect(Object.keys(tool.content.input?.properties ?? {})).toEqual(["name", "status"]);
    tells(
      tool,
      /Left out of the body: secrets.*: password/,
      /optional fields.*: category, tags/,
      /although the API requires them.*: photoUrls/,
    );
  });

  it("gives a DELETE with parameters in query and headers", () => {
    const tool = operation(petstore, "deletePet");
    expect(tool.content).toMatchObject({
      effect: "change",
      input: { properties: { force: { type: "boolean" } }, required: ["petId"] },
      output: { properties: {} },
    });
    expect(tool.secrets.map(({ header }) => header)).toEqual(["authorization", "api-key"]);
    tells(tool, /no JSON response/, /cannot have: api_key/);
  });

  it("of version 3.1 is read through its references, allOf and null", () => {
    const tool = operation(shop, "orders/get");
    expect(tool).toMatchObject({
      name: "orders_get",
      content: {
        url: "https://eu.shop.example/v2/orders/{order_id}?filter%5Bstatus%5D={filter_status}",
        input: {
          properties: {
            order_id: { type: "string", minLength: 3 },
            filter_status: { type: "string", enum: ["open", "closed"] },
            limit: { type: "integer", minimum: 1, maximum: 100 },
          },
          required: ["order_id", "filter_status"],
        },
        headers: { "x-channel": "support" },
        secret_headers: ["authorization"],
        output: {
          properties: {
            note: { type: "string", description: "What for" },
            status: { type: "string", enum: ["open", "closed"] },
            due: { type: "string", format: "date" },
            address: { type: "object", properties: { city: { type: "string" } } },
          },
          // What may be null is not always there.
          required: ["note", "id", "status"],
        },
      },
    });
    const names = Object.keys(tool.content.output.properties);
    expect(names).toEqual(["note", "id", "status", "cancelled_at", "address", "due"]);
    tells(
      tool,
      /optional parameters that are objects or lists: include/,
      /secrets in the address.*: token/,
      /headers that a tool sets itself.*: idempotency-key/,
      /cookies.*: session/,
      /default in url: region \(eu\)/,
      /Other servers.*: https:\/\/sandbox/,
      /contain themselves: parent/,
      /several types: payment, total/,
      /names are not fixed: labels/,
      /format uuid: id/,
      /some values of enum: filter\[status\]/,
    );
  });

  it("gives a POST with a place for what its query requires, and drops patterns that a tool refuses", () => {
    const tool = operation(shop, "createReturn");
    expect(tool.content).toMatchObject({
      method: "POST",
      url: "https://eu.shop.example/v2/orders/{order_id}/returns?dry_run={dry_run_2}",
      input: {
        properties: {
          dry_run_2: { type: "boolean" },
          reason: { pattern: "^[A-Z]{2,10}$", title: "Reason" },
          comment: { type: "string", maxLength: 1000 },
        },
        required: ["order_id", "dry_run_2", "note", "reason", "dry_run"],
      },
      output: { properties: { id: { type: "integer" }, order: { type: "object" } } },
    });
    tells(
      tool,
      /deprecated/,
      /pattern: comment/,
      /: @type/,
      /requires them.*: items/,
      /optional.*: locale/,
    );
  });

  it("says of a key in the query and of a response that is no JSON that a tool cannot have them", () => {
    const tool = operation(shop, "GET /keys");
    expect(tool.content).not.toHaveProperty("secret_headers");
    tells(tool, /returns no JSON/, /API key query_key, which goes into the query/);
  });

  it("refuses an operation that returns a list", () => {
    expect(refusal(() => importOperation(petstore, "findPetsByStatus"))).toContain(
      "returns a list",
    );
  });

  it("suggests operations like the one that it lacks", () => {
    expect(refusal(() => importOperation(petstore, "getPet"))).toContain("getPetById");
    expect(refusal(() => importOperation(petstore, "GET /pet/{id}"))).toContain("GET /pet/{petId}");
    expect(refusal(() => importOperation(petstore, "zzz"))).toContain("all are listed");
  });

  it("keeps what an owner can review: 20 fields of an object, and what is not nested too deeply", () => {
    let deep: object = { type: "string" };
    for (let at = 0; at < 7; at++)
      deep = { type: "object", properties: { [`level${at}`]: deep, side: { type: "string" } } };
    const wide = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`f${at}`, { type: "string" }]),
    );
    const schema = { type: "object", required: ["f29"], properties: { ...wide, deep } };
    const tool = operation(withResponse(schema), "GET /x");
    const names = Object.keys(tool.content.output.properties);
    expect(names).toHaveLength(20);
    expect(names).toContain("f29");
    tells(tool, /more than 20 fields of the response: f19/);
    const nested = operation(withResponse({ type: "object", properties: { deep } }), "GET /x");
    expect(JSON.stringify(nested.content.output).match(/"side"/g)).toHaveLength(3);
    tells(nested, /too deep: deep\.level6\.level5\.level4/);
  });

  it.each([
    ["swagger: '2.0'\npaths: {}", "Swagger 2"],
    ["openapi: 4.0.0\npaths: {}", "4.0.0"],
    ["info: {_postman_id: x}\nitem: []", "Postman"],
    ["asyncapi: 3.0.0", "no OpenAPI document"],
    ["just words", "no OpenAPI document"],
    ["[1, 2]", "no OpenAPI document"],
    ["openapi: 3.0.0", "no paths"],
    ["{'openapi: [", "neither JSON nor YAML"],
    [`a: ${"[".repeat(50_000)}`, "neither JSON nor YAML"],
    [`openapi: 3.0.0\n${" ".repeat(10_000_001)}`, "million characters"],
  ])("is refused where it is none that can be read (%#)", (text, why) => {
    expect(refusal(() => readOpenApi(text))).toContain(why);
  });

  it("is refused where aliases multiply it", () => {
    const lines = Array.from(
      { length: 9 },
      (_, at) => `x${at + 1}: &x${at + 1} [${Array(9).fill(`*x${at}`).join(",")}]`,
    );
    expect(
      refusal(() =>
        readOpenApi(["openapi: 3.0.0", "paths: {}", "x0: &x0 [a]", ...lines].join("\n")),
      ),
    ).toContain("alias");
  });

  it.each([
    [
      { $ref: "#/components/schemas/a" },
      { a: { $ref: "#/components/schemas/b" }, b: { $ref: "#/components/schemas/a" } },
      "leads back to itself",
    ],
    [{ $ref: "#/components/schemas/none" }, {}, "leads nowhere"],
    [{ $ref: "#/components/schemas/constructor" }, {}, "leads nowhere"],
    [{ $ref: "other.yaml#/Order" }, {}, "another one, other.yaml"],
    [{ $ref: "https://a.example/order.json" }, {}, "another one, https://a.example"],
    [{ $ref: "file:///etc/passwd" }, {}, "another one, file:"],
    [
      { $ref: "#/components/schemas/s0" },
      Object.fromEntries(
        Array.from({ length: 30 }, (_, at) => [
          `s${at}`,
          { allOf: Array(2).fill(at < 29 ? { $ref: `#/components/schemas/s${at + 1}` } : {}) },
        ]),
      ),
      "multiply",
    ],
    [
      Array.from({ length: 100 }).reduce<object>((inner) => ({ allOf: [inner] }), {}),
      {},
      "nested too deeply",
    ],
  ])("refuses schemas that cannot be followed (%#)", (schema, schemas, why) => {
    expect(refusal(() => importOperation(withResponse(schema, schemas), "GET /x"))).toContain(why);
  });

  it.each([
    ["http://api.shop.example/v1", "https://api.shop.example/v1/x", "http server"],
    ["http://localhost:3000/v1", "https://your-api.example/v1/x", "no server"],
    ["https://{tenant}.shop.example", "https://your-api.example/x", "no server"],
    ["", "https://your-api.example/x", "no server"],
    ["https://10.0.0.1/", "https://10.0.0.1/x", "server refuses"],
  ])("with the server %s calls %s", (url, expected, note) => {
    const document = readOpenApi(
      stringify({ openapi: "3.0.0", servers: [{ url }], paths: { "/x": { get: {} } } }),
    );
    const tool = operation(document, "GET /x");
    expect(tool.content.url).toBe(expected);
    tells(tool, new RegExp(note));
  });

  it("gives a tool or is refused with a reason, whatever its schemas", () => {
    const names = fc.constantFrom("a", "b_c", "d-e", "__proto__", "constructor", "token", "$id");
    const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>(
          true,
          null,
          1,
          "x",
          [],
          {},
          { $ref: "#/components/schemas/a" },
          { $ref: "#/components/schemas/b" },
        ),
        fc.record(
          {
            type: fc.constantFrom<unknown>(
              "object",
              "array",
              "string",
              "integer",
              "number",
              "boolean",
              "null",
              "file",
              ["string", "null"],
              ["integer", "string"],
              3,
            ),
            properties: fc.dictionary(names, tie("schema")),
            required: fc.oneof(fc.array(names), fc.constant(true)),
            items: tie("schema"),
            allOf: fc.array(tie("schema"), { maxLength: 2 }),
            oneOf: fc.array(tie("schema"), { maxLength: 2 }),
            enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), {
              maxLength: 3,
            }),
            format: fc.constantFrom("date", "email", "uuid", "binary"),
            pattern: fc.constantFrom("^a$", "(a+)+", "[", "^[a-z]{2,4}$"),
            minLength: fc.integer({ min: -1, max: 2000 }),
            maxLength: fc.integer({ min: -1, max: 2000 }),
            minimum: fc.double(),
            exclusiveMinimum: fc.oneof(fc.boolean(), fc.double()),
            maximum: fc.double(),
            title: fc.string({ unit: "binary" }),
            description: fc.string({ unit: "binary" }),
            nullable: fc.boolean(),
            additionalProperties: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      ),
    }));
    let imported = 0;
    fc.assert(
      fc.property(
        schema,
        schema,
        schema,
        fc.constantFrom("get", "post"),
        (one, other, third, method) => {
          const content = { "application/json": { schema: one } };
          const document = readOpenApi(
            JSON.stringify({
              openapi: "3.1.0",
              paths: {
                "/x/{a}": {
                  [method]: {
                    parameters: [
                      { in: "query", name: "q[]", required: true, schema: other },
                      { in: "path", name: "a", schema: third },
                    ],
                    requestBody: { content: { "application/json": { schema: third } } },
                    responses: { 200: { content } },
                  },
                },
              },
              components: { schemas: { a: other, b: third } },
            }),
          );
          try {
            operation(document, `${method} /x/{a}`);
            imported++;
          } catch (error) {
            expect(error).toBeInstanceOf(CommandError);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(imported).toBeGreaterThan(100);
  });
});

function withResponse(schema: object, schemas: object = {}): ReturnType<typeof readOpenApi> {
  const responses = { 200: { description: "ok", content: { "application/json": { schema } } } };
  return readOpenApi(
    JSON.stringify({
      openapi: "3.0.3",
      servers: [{ url: "https://api.example.com" }],
      paths: { "/x": { get: { responses } } },
      components: { schemas },
    }),
  );
}
