/*
 * What the page and the server say to each other, one JSON object per text message.
 *
 * A tab connects to `/rooms/<room>?name=<name>`, both percent-encoded. It may add `&key=<secret>`, 16 to 64 of the
 * characters A–Z a–z 0–9 _ -, chosen at random: who comes back with the same key is the same person, with the same id.
 * A room or name that is not acceptable closes the connection with 4400, and the reason says what is wrong.
 *
 * The first event is `welcome`. Whatever is wrong with a request, the answer is an `error` that says so.
 */

/** Somebody in a room. Names need not be unique; ids are. */
export interface Person {
  readonly id: string
  readonly name: string
}

/** One message of a room. `id` was chosen by its author's tab, `at` is the server's time in milliseconds since 1970. */
export interface Said {
  readonly type: "said"
  readonly id: string
  readonly author: Person
  readonly text: string
  readonly at: number
}

/** From the page to the server. */
export type RoomRequest =
  /**
   * Say something. Everybody in the room gets `said`, its author too. Saying the same `id` again (1 to 64 of A–Z a–z
   * 0–9 _ -) says nothing new, so a tab that does not know whether a message got through can simply repeat it. Without
   * an `id` the server chooses one.
   */
  | { readonly type: "say"; readonly id?: string; readonly text: string }
  /** Started or stopped typing. */
  | { readonly type: "typing"; readonly on: boolean }
  /** Answered with `pong`: the connection is alive. */
  | { readonly type: "ping" }

/** From the server to the page. */
export type RoomEvent =
  /** The room as it is now: who is there, and its last messages, oldest first. */
  | {
      readonly type: "welcome"
      readonly room: string
      readonly you: Person
      readonly people: readonly Person[]
      readonly messages: readonly Said[]
    }
  /** Somebody came in, or came back under another name. */
  | { readonly type: "joined"; readonly person: Person }
  /** Somebody's last connection is gone. */
  | { readonly type: "left"; readonly id: string }
  | Said
  | { readonly type: "typing"; readonly id: string; readonly on: boolean }
  | { readonly type: "pong" }
  /** A request could not be followed; `id` is that of the message which was not said. */
  | { readonly type: "error"; readonly code: RoomErrorCode; readonly message: string; readonly id?: string }

export type RoomErrorCode = "bad-json" | "bad-request" | "bad-text"

/** The close code for a room, name or key that is not acceptable. */
export const notAcceptable = 4400
