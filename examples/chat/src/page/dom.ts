/** The element that the page has under this id; a page without it is broken. */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`The page lacks a ${kind.name} with the id ${id}.`)
}

/** A new element. Strings become text, never markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  if (className !== "") element.className = className
  element.append(...children)
  return element
}

/** Has a screen reader say something that everybody else sees anyway. */
export function announce(text: string): void {
  byId("announcer", HTMLElement).textContent = text
}
