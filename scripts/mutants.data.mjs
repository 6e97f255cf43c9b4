// Mutations that change nothing which anybody could notice. `npm run mutants` leaves them out of the score.
//
//   file    below packages/toni/src
//   change  as the report prints it; all of that text in the file
//   why     why nobody can notice it
export const equivalents = [
  {
    file: "adapter/node-upgrade/neutral-context.ts",
    change: '"toni" -> "mutated"',
    why: "the name that async_hooks show to debuggers",
  },
  {
    file: "adapter/node-upgrade/upgrade-listener.ts",
    change: "application === undefined -> false",
    why: "the TypeError that follows is caught there, ends the same socket, and nobody is left to be told",
  },
  {
    file: "adapter/node-upgrade/pending-upgrade.ts",
    change: "socket.timeout -> true",
    why: "to take off a time-out that is not there changes nothing",
  },
  {
    file: "adapter/node-upgrade/pending-upgrade.ts",
    change: "socket.isPaused() -> true",
    why: "who opens the socket listens to it in the same turn, which has it read as well",
  },
  {
    file: "adapter/node-upgrade/waiting-peer.ts",
    change: "65_536 -> (65_536 + 1)",
    why: "no rule says how much is read before a handshake is answered, to the byte",
  },
  {
    file: "adapter/node/node-http-adapter.ts",
    change: "500 -> (500 + 1)",
    why: "a millisecond more between two looks for slow heads, whose time holds to within a look",
  },
  {
    file: "gateway/farewell.ts",
    change: "socket?.terminate() -> socket.terminate()",
    why: "the timer is set once there is a socket; the question mark is for the compiler alone",
  },
  {
    file: "connection/pulse.ts",
    change: "Math.sqrt(5) - 1: - -> +",
    why: "the ratio is one more then, and seats times that ratio have the same fraction",
  },
]
