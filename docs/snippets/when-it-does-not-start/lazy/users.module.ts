import { defineModule, type ModuleDefinition } from "toni"
import { OrdersModule } from "./orders.module.ts"

export class Users {}

export const UsersModule: ModuleDefinition = defineModule({
  name: "UsersModule",
  imports: [OrdersModule],
  providers: [Users],
  exports: [Users],
})
