/** Makes elements; text is always text, never markup. */

import { str } from "./math";
type Child = Node | string | null | false;

/** Make an element, "p.small" one of that class; `named` is its name for a screen reader, any other key a property or attribute. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K | `${K}.${string}`, properties: Record<string, unknown> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const [name, kind] = tag.split("."), made = document.createElement(name as K);
  if (kind) made.className = kind;
  for (const [name, value] of Object.entries(properties)) {
    if (name === "named") aria(made, "label", value as string);
    else if (name in made && name !== "list" && name !== "role") (made as unknown as Record<string, unknown>)[name] = value;
    else made.setAttribute(name, str(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/** Set what a screen reader is told; null: nothing. */
export const aria = (element: Element, name: string, value: unknown) => value !== null && element.setAttribute(`aria-${name}`, str(value));

/** Set a text only where it changed. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A button; where its text is but a sign, `name` is what it is called, else what explains it. */
export const button = (name: string, text: string, onclick: () => void, more: Record<string, unknown> = {}) =>
  el("button", { type: "button", title: name, named: /[a-z]{3}/i.test(text) ? null : name, onclick, ...more }, text);
