/** Counts the clients of a gateway, in all and by address, against its limits (rule G9b). */
export class Slots {
  readonly #limits: { readonly maxConnections: number; readonly maxConnectionsPerAddress: number }
  readonly #byAddress = new Map<string, number>()
  #taken = 0

  constructor(limits: { readonly maxConnections: number; readonly maxConnectionsPerAddress: number }) {
    this.#limits = limits
  }

  get taken(): number {
    return this.#taken
  }

  /**
   * Takes a slot, or says which limit is reached. Give it back with `release`, once. The empty address is nobody's in
   * particular (peers of a Unix domain socket have it), so it is counted in all alone.
   */
  take(address: string): "taken" | "full" | "address-full" {
    if (this.#taken >= this.#limits.maxConnections) return "full"
    const isCounted = address !== "" && this.#limits.maxConnectionsPerAddress !== Infinity
    const count = isCounted ? (this.#byAddress.get(address) ?? 0) : 0
    if (count >= this.#limits.maxConnectionsPerAddress) return "address-full"
    this.#taken++
    if (isCounted) this.#byAddress.set(address, count + 1)
    return "taken"
  }

  release(address: string): void {
    this.#taken--
    const count = this.#byAddress.get(address)
    if (count === undefined) return
    if (count > 1) this.#byAddress.set(address, count - 1)
    else this.#byAddress.delete(address)
  }
}
