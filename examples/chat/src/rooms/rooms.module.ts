import { defineModule } from "toni"
import { RoomsGateway } from "./rooms.gateway.ts"
import { Rooms } from "./rooms.ts"

export const RoomsModule = defineModule({ name: "RoomsModule", providers: [Rooms, RoomsGateway] })
