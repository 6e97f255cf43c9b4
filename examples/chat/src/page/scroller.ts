/** How far from the end still counts as the end, in CSS pixels. */
const tolerance = 48

/** Keeps the newest message in sight, unless somebody has scrolled up to read. */
export class Scroller {
  readonly #box: HTMLElement
  #isAtEnd = true
  #size = ""

  constructor(box: HTMLElement, content: HTMLElement, onMove: () => void) {
    this.#box = box
    box.addEventListener(
      "scroll",
      () => {
        // When sizes change, the browser may scroll before we could: nobody has moved then.
        if (this.#size === sizeOf(box)) {
          this.#isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight <= tolerance
        }
        onMove()
      },
      { passive: true },
    )
    // The content grows with messages, the box shrinks when a keyboard comes up.
    const sizes = new ResizeObserver(() => {
      this.#size = sizeOf(box)
      if (this.#isAtEnd) this.toEnd()
    })
    sizes.observe(box)
    sizes.observe(content)
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd
  }

  toEnd(): void {
    this.#isAtEnd = true
    this.#box.scrollTop = this.#box.scrollHeight
  }
}

function sizeOf({ clientWidth, clientHeight, scrollHeight }: HTMLElement): string {
  return [clientWidth, clientHeight, scrollHeight].join()
}
