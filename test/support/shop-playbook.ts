/** What a shop's owner has stored: a tool that looks an order up, one that files a claim, and the claim as a procedure. */

export function orderStatus(host: string): object {
  return {
    title: "Order status",
    description: "Looks up where an order is. Use it for questions about the visitor's own order.",
    effect: "read",
    url: `https://${host}/orders/{order}`,
    input: {
      type: "object",
      properties: {
        order: {
          type: "string",
          title: "Order number",
          pattern: "^\\d{5}$",
          question: { en: "What is your order number?", de: "Wie lautet Ihre Bestellnummer?" },
          phrases: ["order {}", "order number {}", "#{}", "Bestellung {}"],
        },
      },
      required: ["order"],
    },
    output: {
      type: "object",
      properties: {
        status: { type: "string", enum: ["packed", "shipped", "delivered"] },
        delivered_on: { type: "string", format: "date" },
        in_warranty: { type: "boolean" },
        item: { type: "string" },
      },
      required: ["status", "item"],
    },
    says: {
      en: "Order {order} ({item}) is {status}.",
      de: "Bestellung {order} ({item}) hat den Status {status}.",
    },
    when: {
      topics: [
        "Where is my order?",
        "What is the status of my order?",
        "Has my order been shipped?",
      ],
      unlike: ["How do I place an order?", "Can I return an order?"],
    },
    timeout_ms: 500,
    secrets: { signing: "a-signing-secret-of-the-shop-0123456789" },
  };
}

export function fileClaim(host: string): object {
  return {
    title: "File a warranty claim",
    description: "Files a claim.",
    effect: "change",
    method: "POST",
    url: `https://${host}/claims`,
    input: {
      type: "object",
      properties: {
        order: { type: "string", title: "Order number", pattern: "^\\d{5}$" },
        problem: { type: "string", title: "Problem", maxLength: 500 },
        email: { type: "string", from: "visitor.email" },
      },
      required: ["order", "problem"],
    },
    output: {
      type: "object",
      properties: { claim: { type: "string" }, problem: { type: "string" } },
      required: ["claim"],
    },
    timeout_ms: 500,
    secrets: { signing: "a-signing-secret-of-the-shop-0123456789" },
  };
}

export const WARRANTY_CLAIM = {
  title: "Warranty claim",
  description: "Starts a claim for a broken product under warranty.",
  when: {
    topics: [
      "I want to claim the warranty",
      "My product is broken and still under warranty",
      "How do I file a warranty claim?",
    ],
  },
  ask: {
    order: {
      type: "string",
      pattern: "^\\d{5}$",
      question: "Which order is it about?",
      phrases: ["order {}"],
    },
    fault: {
      type: "string",
      enum: ["leaks", "noisy", "does not start"],
      question: "What is wrong with it?",
    },
    problem: { type: "string", maxLength: 500, question: "Please describe the problem." },
  },
  steps: [
    { name: "which", ask: "order" },
    { name: "look_up", tool: "order_status", failed: "no_order" },
    {
      name: "covered",
      if: { field: "look_up.in_warranty", is: true },
      next: "what",
      else: "not_covered",
    },
    { name: "what", ask: "fault" },
    { name: "describe", ask: "problem" },
    {
      name: "file",
      tool: "file_claim",
      with: { email: "visitor.email" },
    },
    { name: "urgent", if: { field: "fault", is: "leaks" }, next: "hand_over", else: "done" },
    { name: "done", say: "Your claim {file.claim} is filed.", end: "answered" },
    {
      name: "hand_over",
      say: "Your claim {file.claim} is filed. Because it leaks, a colleague looks at it.",
      end: "handed_over",
    },
    { name: "not_covered", say: "{look_up.item} is not under warranty any more.", end: "answered" },
    { name: "no_order", say: "I could not find that order.", end: "handed_over" },
  ],
};
