import { checkRoom } from "../protocol/checks.ts"
import { ChatScreen, type Visit } from "./chat-screen.ts"
import { JoinScreen } from "./join-screen.ts"
import { ofThisTab } from "./storage.ts"

const joinScreen = new JoinScreen((name, room) => enter({ name, room, key: crypto.randomUUID() }))
const chatScreen = new ChatScreen(leave, () => leave())
let visit: Visit | undefined

/** The room in the address, behind the #: what a shared link leads to. */
function roomInAddress(): string | undefined {
  try {
    const room = checkRoom(decodeURIComponent(location.hash.slice(1)))
    return room.ok ? room.value : undefined
  } catch {
    return undefined // badly encoded
  }
}

function enter(next: Visit): void {
  visit = next
  const hash = `#${encodeURIComponent(next.room)}`
  if (location.hash !== hash) history.pushState(undefined, "", hash)
  ofThisTab.set("visit", JSON.stringify(next))
  joinScreen.hide()
  chatScreen.enter(next)
}

function leave(problem = ""): void {
  const room = visit?.room
  visit = undefined
  ofThisTab.set("visit", undefined)
  chatScreen.leave()
  joinScreen.show(room ?? roomInAddress(), problem)
}

/** A reload goes on where it was, as the same person. A new tab, a copy of this one too, is somebody new. */
function interruptedVisit(): Visit | undefined {
  const [navigation] = performance.getEntriesByType("navigation")
  const isReload = navigation instanceof PerformanceNavigationTiming && navigation.type === "reload"
  const stored = isReload ? ofThisTab.get("visit") : undefined
  if (stored === undefined) return undefined
  const interrupted = JSON.parse(stored) as Visit
  return interrupted.room === roomInAddress() ? interrupted : undefined
}

addEventListener("popstate", () => {
  const room = roomInAddress()
  if (!visit) return joinScreen.show(room)
  if (room === undefined) return leave()
  if (room !== visit.room) enter({ ...visit, room })
})

const interrupted = interruptedVisit()
if (interrupted) enter(interrupted)
else joinScreen.show(roomInAddress())
