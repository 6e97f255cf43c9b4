// ws falls back to JavaScript in silence; this import fails aloud.
import "bufferutil"
import "./ws.mjs"
