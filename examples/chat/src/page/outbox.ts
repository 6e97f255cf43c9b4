/** A message of ours that the server has not repeated yet. */
export interface Letter {
  readonly id: string
  readonly text: string
  /** `waiting` for a connection, `sent` on this one, or `failed`: the server will not have it. */
  readonly state: "waiting" | "sent" | "failed"
  readonly problem?: string
}

/** How many may wait; who has more to say finds the text still in the field. */
const capacity = 50

/**
 * Keeps each message until the server has repeated it. What was sent on a connection that ended may or may not have
 * arrived: it is sent again under its id, and the server says nothing twice.
 */
export class Outbox {
  #letters: readonly Letter[] = []
  readonly #onChange: (letters: readonly Letter[]) => void

  constructor(onChange: (letters: readonly Letter[]) => void) {
    this.#onChange = onChange
  }

  get size(): number {
    return this.#letters.length
  }

  get isFull(): boolean {
    return this.#letters.length >= capacity
  }

  add(id: string, text: string): void {
    this.#set([...this.#letters, { id, text, state: "waiting" }])
  }

  /** Hands over what waits, in order; `send` answers false when it cannot. */
  flush(send: (letter: Letter) => boolean): void {
    this.#set(this.#letters.map((letter) => (letter.state === "waiting" && send(letter) ? sent(letter) : letter)))
  }

  /** The connection is gone: what was sent on it waits again. */
  lost(): void {
    this.#set(this.#letters.map((letter) => (letter.state === "sent" ? { ...letter, state: "waiting" } : letter)))
  }

  /** The server has repeated it, or its author has given it up. */
  remove(id: string): void {
    this.#set(this.#letters.filter((letter) => letter.id !== id))
  }

  fail(id: string, problem: string): void {
    this.#set(this.#letters.map((letter) => (letter.id === id ? { ...letter, state: "failed", problem } : letter)))
  }

  retry(id: string): void {
    this.#set(this.#letters.map((letter) => (letter.id === id ? { id, text: letter.text, state: "waiting" } : letter)))
  }

  clear(): void {
    this.#set([])
  }

  #set(letters: readonly Letter[]): void {
    this.#letters = letters
    this.#onChange(letters)
  }
}

function sent(letter: Letter): Letter {
  return { ...letter, state: "sent" }
}
