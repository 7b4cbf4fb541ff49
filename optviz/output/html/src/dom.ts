/** Makes elements; text is always text, never markup. */

type Child = Node | string | null | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, properties: Record<string, unknown> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made && !name.startsWith("aria") && name !== "list" && name !== "role") (made as unknown as Record<string, unknown>)[name] = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name.replace(/[A-Z]/g, letter => "-" + letter.toLowerCase()), String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/** Set a text only where it changed. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A button; where its text is but a sign, `name` is what it is called, else what explains it. */
export const button = (name: string, text: string, onclick: () => void, more: Record<string, unknown> = {}) =>
  el("button", { type: "button", title: name, "aria-label": /[a-z]{3}/i.test(text) ? null : name, onclick, ...more }, text);
