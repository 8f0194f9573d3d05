import { element } from "./element.ts";
import type { Form } from "./stream.ts";

/** A form that the owner's guidance asks to be filled in. What is entered goes as the visitor's next message: the title, then a line a field. */
export function renderForm({ title, fields }: Form, number: number, ask: (message: string) => void): HTMLElement {
  const inputs = fields.map(({ name, label, type, required }) => {
    const id = `form-${number}-${name}`;
    const input = element("input", { id, name, type, dir: "auto", maxlength: "300" });
    input.required = required;
    const hint = required ? "" : " (optional)";
    return { label, input, row: element("p", {}, element("label", { for: id }, label + hint), input) };
  });
  const button = element("button", { type: "submit", "data-asks": "" }, "Send");
  const form = element("form", { class: "form", "aria-label": title }, ...inputs.map(({ row }) => row), button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const lines = inputs
      .filter(({ input }) => input.value.trim() !== "")
      .map(({ label, input }) => `${label}: ${input.value.trim()}`);
    ask([title, ...lines].join("\n"));
    for (const { input } of inputs) input.disabled = true;
    button.disabled = true;
  });
  return form;
}
