import { defineModule, type ModuleDefinition } from "toni"
import { UsersModule } from "./users.module.ts"

export class Orders {}

// #region cycle
export const OrdersModule: ModuleDefinition = defineModule({
  name: "OrdersModule",
  imports: [UsersModule],
  providers: [Orders],
  exports: [Orders],
})
// #endregion
