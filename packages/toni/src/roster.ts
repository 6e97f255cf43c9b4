/** How many have to leave, at the least, before a roster starts anew. */
const turnover = 1_000

/**
 * Who is there now, by key: a `Map` for what comes and goes by the thousand, such as connections. V8 chains each table
 * that a map has used up to the next one; once one of them is old, it keeps all that follow, and with them everybody
 * who has left, until memory is collected in full. A new map now and then breaks the chain.
 */
export class Roster<Key, Member> {
  #members = new Map<Key, Member>()
  #left = 0

  get size(): number {
    return this.#members.size
  }

  get(key: Key): Member | undefined {
    return this.#members.get(key)
  }

  has(key: Key): boolean {
    return this.#members.has(key)
  }

  add(key: Key, member: Member): void {
    this.#members.set(key, member)
  }

  delete(key: Key): void {
    if (!this.#members.delete(key)) return
    // Copying those who stay costs less than they who left have cost.
    if (++this.#left < turnover + this.size) return
    this.#members = new Map(this.#members)
    this.#left = 0
  }

  /** In the order in which they came. Who leaves meanwhile may still be among them. */
  [Symbol.iterator](): IterableIterator<Member> {
    return this.#members.values()
  }
}
