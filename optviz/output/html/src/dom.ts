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

export const button = (name: string, text: string, onclick: () => void, more: Record<string, unknown> = {}) =>
  el("button", { type: "button", title: name, "aria-label": name, onclick, ...more }, text);
