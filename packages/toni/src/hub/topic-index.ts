/** Who follows which topic on this node. A topic without followers does not exist. */
export class TopicIndex<Follower extends object> {
  readonly #followers = new Map<string, Set<Follower>>()

  /** The number of topics that anybody follows. */
  get size(): number {
    return this.#followers.size
  }

  add(topic: string, follower: Follower): void {
    const followers = this.#followers.get(topic)
    if (followers) followers.add(follower)
    else this.#followers.set(topic, new Set([follower]))
  }

  delete(topic: string, follower: Follower): void {
    const followers = this.#followers.get(topic)
    if (followers?.delete(follower) && followers.size === 0) this.#followers.delete(topic)
  }

  followersOf(topic: string): ReadonlySet<Follower> | undefined {
    return this.#followers.get(topic)
  }
}
