import { addRoute, createRouter, findRoute, type RouterContext } from "rou3"
import { decodeParams } from "./path.ts"

/** Where a path leads. */
export interface Match<Route> {
  readonly route: Route
  /** Decoded; `undefined` when the encoding is broken. */
  readonly params: Readonly<Record<string, string>> | undefined
}

/** Finds the gateway of a path: static segments before parameters, the same on every adapter (rule G4). */
export class Router<Route> {
  readonly #router: RouterContext<Route> = createRouter<Route>()

  add(path: string, route: Route): void {
    addRoute(this.#router, "", path, route)
  }

  find(path: string): Match<Route> | undefined {
    const found = findRoute(this.#router, "", path)
    return found && { route: found.data, params: decodeParams(found.params) }
  }
}
