import { defineModule } from "toni"
import { AuthService } from "./auth.service.ts"
import { SecureGateway } from "./secure.gateway.ts"

export const SecureModule = defineModule({ name: "SecureModule", providers: [AuthService, SecureGateway] })
