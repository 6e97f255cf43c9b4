/** How far from the end still counts as the end, in CSS pixels. */
const tolerance = 48

/** Keeps the newest message in sight, unless somebody has scrolled up to read. */
export class Scroller {
  readonly #box: HTMLElement
  #isAtEnd = true
  #size = ""
  #frame: number | undefined

  constructor(box: HTMLElement, content: HTMLElement, onMove: () => void) {
    this.#box = box
    box.addEventListener(
      "scroll",
      () => {
        // When the content or a size changes, the browser may scroll before we could: nobody has moved then.
        if (this.#frame === undefined && this.#size === sizeOf(box)) {
          this.#isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight <= tolerance
        }
        onMove()
      },
      { passive: true },
    )
    // The box shrinks when a keyboard comes up.
    const sizes = new ResizeObserver(() => {
      this.#size = sizeOf(box)
      this.#stay()
    })
    sizes.observe(box)
    sizes.observe(content)
    // With one message more and the oldest one less, the size may stay the same.
    new MutationObserver(() => this.#follow()).observe(content, { childList: true, subtree: true })
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd
  }

  toEnd(): void {
    this.#isAtEnd = true
    this.#box.scrollTop = this.#box.scrollHeight
  }

  #stay(): void {
    if (this.#isAtEnd) this.toEnd()
  }

  /** Once for all that changes before the browser draws. */
  #follow(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined
      this.#stay()
    })
  }
}

function sizeOf({ clientWidth, clientHeight, scrollHeight }: HTMLElement): string {
  return [clientWidth, clientHeight, scrollHeight].join()
}
